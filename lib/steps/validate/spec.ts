/** validate: rules about the data, and what happens if they are broken. */
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
  summary: 'Check rules about the data, and fail, quarantine or warn where they are broken.',
  description: `Each rule counts its violations. \`severity\` is \`error\`, \`warning\` or \`info\`. \`on_fail\` defines what happens: \`fail\` fails the run before
anything is published (exit code 3), \`quarantine\` quarantines the rows and continues, \`warn\` only counts. By default an \`error\` fails and the others
warn. \`tolerance\` allows a share of bad rows. Rules about the whole dataset (\`row_count\`, \`quality_score\`, \`freshness\`) are evaluated after all rows.`,
  config,
  result: { rules: 'Number of rules checked.', failed: 'Number of rules broken.', violations: 'Number of violations.' },
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
      const what = `rule ${first + 1} already has the name \`${rule_id}\``
      return [{ path: ['rules', at, 'rule_id'], what, hint: 'give each rule a different name, or none' }]
    }),
  intoQuarantine: (settings) => ({
    ...settings,
    rules: settings.rules.map((rule) =>
      RULES.of(rule.rule_type).level === 'row' && rule.severity === 'error' && rule.on_fail === undefined
        ? { ...rule, on_fail: 'quarantine' as const }
        : rule,
    ),
  }),
  quarantine: ({ quarantine }) => quarantine,
  // a rule that looks values up in another file names it as its `source`
  addresses: ({ quarantine, rules }) => [
    ...pathsOf(quarantine, ['quarantine'], 'write'),
    ...rules.flatMap((rule, at) => ('source' in rule ? pathsOf(rule.source, ['rules', at, 'source'], 'read') : [])),
  ],
  assets: ({ rules }) =>
    rules.flatMap((rule, at) =>
      (RULES.of(rule.rule_type).assets?.(rule) ?? []).map((use) => ({ ...use, path: ['rules', at, ...use.path] })),
    ),
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
