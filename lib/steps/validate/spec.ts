/** validate: demands on the data, and what happens when they are not met. */
import { allNeeds } from '#steps/kind/lower-context.ts'
import { namedByExpressions, namedBySettings } from '#steps/kind/known-columns.ts'
import { pathsOf } from '#steps/kind/addresses.ts'
import { defineStep } from '#steps/kind/step.ts'
import { RULES } from './rules/index.ts'
import { config } from './config.ts'
import type { ExpressionUse } from '#steps/kind/expression-use.ts'

export const validate = defineStep({
  kind: 'validate',
  shape: 'rows',
  summary: 'Demands on the data, and what happens when they are not met.',
  description: `Each rule counts its violations. \`severity\` says how bad they are (\`error\`, \`warning\`, \`info\`), \`on_fail\` what happens: \`fail\` fails the run before
anything is published (exit code 3), \`quarantine\` sets the rows aside and goes on, \`warn\` only counts. An \`error\` fails and the others warn unless \`on_fail\` says
otherwise. \`tolerance\` allows a share of bad rows. Rules about the whole dataset (\`row_count\`, \`quality_score\`, \`freshness\`) are judged when all rows have been seen.`,
  config,
  result: { rules: 'How many rules were checked.', failed: 'How many were broken.', violations: 'How many violations there were.' },
  expressions: (settings) =>
    settings.rules.flatMap((rule, at) =>
      RULES.of(rule.rule_type)
        .expressions(rule)
        .map((use): ExpressionUse => ({ ...use, path: ['rules', at, ...use.path] })),
    ),
  check: ({ rules }) =>
    rules.flatMap(({ rule_id }, at) => {
      const first = rules.findIndex((rule) => rule.rule_id === rule_id)
      if (rule_id === undefined || first === at) return []
      const what = `the rule ${first + 1} is called \`${rule_id}\` already`
      return [{ path: ['rules', at, 'rule_id'], what, hint: 'give each rule a name of its own, or none' }]
    }),
  quarantine: ({ quarantine }) => quarantine,
  // a rule that looks values up in another file names it as its `source`
  addresses: ({ quarantine, rules }) => [
    ...pathsOf(quarantine, ['quarantine'], 'write'),
    ...rules.flatMap((rule, at) => ('source' in rule ? pathsOf(rule.source, ['rules', at, 'source'], 'read') : [])),
  ],
  columns: (settings) =>
    settings.rules.map((rule, at) => {
      const path = ['rules', at]
      const uses = RULES.of(rule.rule_type)
        .expressions(rule)
        .map((use) => ({ ...use, path: [...path, ...use.path] }))
      return { reads: [...namedBySettings(rule, path), ...namedByExpressions(uses)] }
    }),
  latest: ({ rules }) => rules.flatMap((rule) => (rule.rule_type === 'freshness' ? [rule.column] : [])),
  needs: ({ rules }) => allNeeds(rules.map((rule) => RULES.of(rule.rule_type).needs(rule))),
  examples: [
    {
      title: 'Customers',
      yaml: 'id: check_customers\ntype: validate\nwith:\n  rules:\n    - {rule_type: range, column: age, min: 18, max: 120, severity: error, on_fail: quarantine}\n    - {rule_type: email, column: email, severity: warning}\n    - {rule_type: expression, expression: order_amount > 0, severity: error}\n',
    },
    {
      title: 'A quality gate',
      yaml: 'id: gate\ntype: validate\nwith:\n  rules:\n    - {rule_type: quality_score, min: 0.95, severity: error}\n',
    },
  ],
  load: async () => (await import('./behaviour.ts')).validateBehaviour,
})
