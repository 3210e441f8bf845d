/** The workflow for GitHub Actions that `init --ci github` writes. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of GitHub and of the shell

/** Path in the repository. */
export const WORKFLOW = '.github/workflows/pipelines.yml'

/** Actions by the commit of a release: a tag can be moved to other code. */
const CHECKOUT = 'actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2'
const NODE = 'actions/setup-node@39370e3970a6d050c480ffad4ff0ed4d3fdee5af # v4.1.0'
const AWS = 'aws-actions/configure-aws-credentials@e3dd6a429d7300a6a4c196c26e071d42e0343502 # v4.0.2'

const install = `      - uses: ${CHECKOUT}
      - uses: ${NODE}
        with: {node-version: 22, cache: npm}
      - run: npm ci`

const signIn = (role: string) => `      - uses: ${AWS}
        with:
          role-to-assume: \${{ vars.${role} }}
          aws-region: \${{ vars.AWS_REGION }}`

export const githubWorkflow =
  () => `# Checks, tests and deploys the pipelines in pipelines/. Written by siftstep init --ci github; yours to change.
#
# Once per repository: the variables AWS_REGION, AWS_DIFF_ROLE, AWS_STAGING_ROLE and AWS_PRODUCTION_ROLE (ARNs of roles that trust GitHub by OIDC; no
# keys are stored), the environments staging and production (require a review for production), and
#   npm install --save-dev siftstep aws-cdk aws-cdk-lib constructs
#
# Tests: \`tests:\` of a definition gives it rows, and says what it must make of them; function steps in pipelines/steps/ hold cases of their own.
# Runs: tests/NAME.json holds inputs with which pipelines/NAME.yaml runs on this machine, on data of the repository.
# Smoke runs: smoke/NAME.json holds inputs with which it runs on staging.
name: Pipelines

on:
  push:
    branches: [main]
    paths: ['pipelines/**', 'tests/**', 'smoke/**', 'package-lock.json', '.github/workflows/pipelines.yml']
  pull_request:
    paths: ['pipelines/**', 'tests/**', 'smoke/**', 'package-lock.json', '.github/workflows/pipelines.yml']

permissions:
  contents: read

concurrency:
  group: pipelines-\${{ github.ref }}
  cancel-in-progress: false

jobs:
  check:
    runs-on: ubuntu-latest
    steps:
${install}
      - name: Validate the pipelines
        run: npx siftstep validate pipelines/*.yaml
      # The \`tests:\` of each definition, and each function step in pipelines/steps/ that a definition uses. Nothing is published.
      - name: Test the definitions and their steps
        run: |
          failed=0
          for file in pipelines/*.yaml; do
            grep -qs '^tests:' "$file" || continue
            npx siftstep test "$file" || failed=1
          done
          for step in pipelines/steps/*.ts pipelines/steps/*.js pipelines/steps/*.mjs; do
            grep -qsF "steps/$(basename "$step")" pipelines/*.yaml || continue
            npx siftstep test "$step" || failed=1
          done
          exit $failed
      - name: Run the pipelines on their inputs
        run: |
          for inputs in tests/*.json; do
            [ -e "$inputs" ] || continue
            name=$(basename "$inputs" .json)
            npx siftstep run "pipelines/$name.yaml" --input-file "$inputs" --no-color
          done
      - name: Say why a run failed
        if: failure()
        run: npx siftstep why last || true

  # The machine, the permissions and the cost of a run: what this change makes of them on staging.
  diff:
    if: github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name == github.repository
    needs: check
    runs-on: ubuntu-latest
    permissions:
      contents: read
      id-token: write
      pull-requests: write
    steps:
${install}
${signIn('AWS_DIFF_ROLE')}
      - name: Compare with what is deployed
        run: |
          npx siftstep deploy pipelines/*.yaml --env staging --diff > changes.txt
          { echo '### What this change deploys'; echo '~~~text'; cat changes.txt; echo '~~~'; } > comment.md
          cat comment.md >> "$GITHUB_STEP_SUMMARY"
      - name: Comment on the pull request
        run: gh pr comment "\${{ github.event.pull_request.number }}" --body-file comment.md --edit-last --create-if-none
        env:
          GH_TOKEN: \${{ github.token }}

  staging:
    if: github.event_name == 'push' && github.ref == 'refs/heads/main'
    needs: check
    runs-on: ubuntu-latest
    environment: staging
    permissions:
      contents: read
      id-token: write
    steps:
${install}
${signIn('AWS_STAGING_ROLE')}
      - name: Deploy to staging
        run: npx siftstep deploy pipelines/*.yaml --env staging --yes
      # The exit code is that of the run: rows that break a rule, too many bad rows and lost values fail it.
      - name: Smoke runs on staging
        run: |
          for inputs in smoke/*.json; do
            [ -e "$inputs" ] || continue
            name=$(basename "$inputs" .json)
            npx siftstep start "pipelines/$name.yaml" --env staging --input-file "$inputs" --follow --no-color
          done

  production:
    if: github.event_name == 'push' && github.ref == 'refs/heads/main'
    needs: staging
    runs-on: ubuntu-latest
    environment: production
    permissions:
      contents: read
      id-token: write
    steps:
${install}
${signIn('AWS_PRODUCTION_ROLE')}
      - name: Deploy to production
        run: npx siftstep deploy pipelines/*.yaml --env production --yes
`
