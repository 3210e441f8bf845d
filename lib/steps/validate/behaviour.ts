/** What validate does: each rule becomes checks on rows, or a judgement of the whole output. */
import type { CheckOp } from '../../lowering/ops.ts'
import { expressionOf, asCompiled } from '../../lowering/expressions.ts'
import type { RowsBehaviour, StepTotals } from '../behaviour.ts'
import type { LowerContext } from '../lowering.ts'
import { RULES } from './rules/index.ts'
import type { Common, Rule, Violation } from './rule.ts'
import { config } from './config.ts'

type Settings = { readonly rules: readonly (Common & { readonly rule_type: string; readonly column?: string; readonly when?: string })[] }

const parse = (settings: unknown) => config.parse(settings) as Settings

/** The rule's name: the author's, or its type with its column. */
const ruleName = (rule: Settings['rules'][number]) => rule.rule_id ?? [rule.rule_type, rule.column].filter(Boolean).join('_')

const onFail = ({ on_fail, severity }: Common) => on_fail ?? (severity === 'error' ? 'fail' : 'warn')

function check(rule: Settings['rules'][number], violation: Violation, context: LowerContext): CheckOp {
  return {
    op: 'check',
    origin: { step: context.step, rule: ruleName(rule) },
    column: violation.column,
    reason: violation.reason,
    fate: onFail(rule) === 'quarantine' ? 'quarantine' : 'keep',
    test: testOf(violation, rule.when),
  }
}

function testOf({ test, column }: Violation, when: string | undefined): CheckOp['test'] {
  if ('repeats' in test) return { is: 'repeat', key_set: test.repeats }
  if ('source' in test) return { is: 'absent', column, source: test.source, source_column: test.source_column }
  if (when === undefined) return { is: 'violation', expression: expressionOf(test.expression), parameters: test.parameters }
  const condition = asCompiled(when)
  return {
    is: 'violation',
    expression: expressionOf(`(${condition.expression}) AND (${test.expression})`),
    parameters: { ...condition.parameters, ...test.parameters },
  }
}

/** A rule broken by more than its tolerance. */
function broken(rule: Settings['rules'][number], totals: StepTotals): number {
  const rows = totals.counts.filter(({ rule: name }) => name === ruleName(rule)).reduce((sum, { rows: count }) => sum + count, 0)
  return rows > rule.tolerance * totals.rows_in ? rows : 0
}

export const validateBehaviour: RowsBehaviour = {
  lower: (settings, context) =>
    parse(settings).rules.flatMap((rule) => {
      const unit: Rule = RULES.of(rule.rule_type)
      return unit.level === 'row' ? unit.violations(rule, context).map((violation) => check(rule, violation, context)) : []
    }),
  judge: (settings, figures) =>
    parse(settings).rules.flatMap((rule) => {
      const unit: Rule = RULES.of(rule.rule_type)
      return unit.level === 'dataset'
        ? [{ rule: ruleName(rule), severity: rule.severity, on_fail: onFail(rule), verdict: unit.judge(rule, figures) }]
        : []
    }),
  conclude: (settings, totals) => {
    const { rules } = parse(settings)
    const violations = totals.counts.reduce((sum, { rows }) => sum + rows, 0)
    const failedRows = rules.filter((rule) => RULES.of(rule.rule_type).level === 'row' && broken(rule, totals) > 0)
    const failedWhole = totals.judged.filter(({ verdict }) => !verdict.holds)
    const failed = failedRows.length + failedWhole.length
    const lines = [
      ...failedRows.map((rule) => {
        const rows = broken(rule, totals)
        const action = onFail(rule) === 'quarantine' ? ', set aside' : ''
        const level = onFail(rule) === 'fail' ? ('error' as const) : ('warning' as const)
        return { level, text: `${ruleName(rule)}: ${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'} (${rule.severity}${action})` }
      }),
      ...failedWhole.map(({ rule, severity, on_fail, verdict }) => ({
        level: on_fail === 'fail' ? ('error' as const) : ('warning' as const),
        text: `${rule}: ${verdict.observed}, demanded ${verdict.demanded} (${severity})`,
      })),
    ]
    const failing = [
      ...failedRows.filter((rule) => onFail(rule) === 'fail').map(ruleName),
      ...failedWhole.filter(({ on_fail }) => on_fail === 'fail').map(({ rule }) => rule),
    ]
    return {
      failing,
      result: { rules: rules.length, failed, violations },
      report: {
        level: failed === 0 ? 'ok' : failing.length > 0 ? 'error' : 'warning',
        message: failed === 0 ? 'All validations passed' : `${failed} of ${rules.length} rules failed`,
        lines,
      },
    }
  },
}
