/**
 * Which test files run how. `npm test` runs all of them; `npm run test:quick` those of no list here, which share a few processes.
 * A new file needs an entry when one of the rules below holds for it.
 */

/** Each runs in a process of its own: it replaces a module for all who import it (`vi.mock`), or a module of its folder holds state for one file. */
export const OWN_PROCESS: readonly string[] = [
  'test/contract/connector.test.ts',
  'test/contract/targets.test.ts',
  'test/e2e/**/*.test.ts',
  'test/data/ledger/lost-rows.test.ts',
  'test/run/local/pool-order.test.ts',
  'test/io/publish/interleaved.test.ts',
]

/** Left out of the quick tests: files that start programs, bundle or deploy, and files that take more than 3 seconds on a quiet core. */
export const THOROUGH: readonly string[] = [
  'test/*.test.ts',
  'test/chaos/**/*.test.ts',
  'test/cli/aws.test.ts',
  'test/cli/definitions.test.ts',
  'test/cli/deploy.test.ts',
  'test/cli/mutated-examples.test.ts',
  'test/cli/profile.test.ts',
  'test/cli/suggest.test.ts',
  'test/aws/cloud/**/*.test.ts',
  'test/language/compiler/names.test.ts',
  'test/contract/cleaners.test.ts',
  'test/contract/figures-in-order.test.ts',
  'test/contract/forms.test.ts',
  'test/contract/hostile-texts.test.ts',
  'test/contract/operations.test.ts',
  'test/contract/profile.test.ts',
  'test/contract/row-fates.test.ts',
  'test/contract/rule-outcomes.test.ts',
  'test/contract/splits.test.ts',
  'test/aws/cost/simulate.test.ts',
  'test/language/definition/read.test.ts',
  'test/relational/expression/depth.test.ts',
  'test/relational/expression/to-sql.property.test.ts',
  'test/house/guides.test.ts',
  'test/kit/tally-reporter.test.ts',
  'test/aws/lambda/**/*.test.ts',
  'test/asl/engine/conformance.test.ts',
  'test/asl/engine/random-machines.test.ts',
  'test/run/local/replay.test.ts',
  'test/relational/operations/narrow.test.ts',
  'test/relational/measures/laws.test.ts',
  'test/io/formats/scan.test.ts',
  'test/io/formats/shared-data.test.ts',
  'test/io/formats/spool.test.ts',
  'test/data/report/pages.test.ts',
  'test/io/s3/troubles.test.ts',
  'test/steps/clean/unmet.test.ts',
  'test/steps/sensor.test.ts',
  'test/steps/detect_changes/**/*.test.ts',
  'test/data/survey/kernel-scan.test.ts',
  'test/data/survey/many-rows.test.ts',
  'test/run/tasks/changed-sources.test.ts',
  'test/run/tasks/child-failure.test.ts',
  'test/run/tasks/hostile-content.test.ts',
  'test/run/tasks/odd-sources.test.ts',
]
