/** Lowers each rule of a validate step to checks on rows, and evaluates the rules about the whole output. */
import { asCompiled, expressionOf } from '#relational/operations/expressions.ts'
import type { CheckOp } from '#relational/operations/ops.ts'
import type { RowsBehaviour, StepTotals } from '#steps/kind/behaviour.ts'
import { withPath } from '#core/errors/errors.ts'
import { isMoreThanShare } from '#core/text/numbers.ts'
import { boundExpression } from '#steps/kind/bound-expression.ts'
import { misfitLines } from '#steps/kind/misfits.ts'
import type { LowerContext } from '#steps/kind/lower-context.ts'
import { config } from './config.ts'
import type { Common, Rule, Violation } from './rule.ts'
import { RULES } from './rules/index.ts'

type Given = Common & { readonly rule_type: string; readonly column?: string; readonly when?: string }

interface NamedRule {
  /** The author's name for it, or its type with its column; unique within a step. */
  readonly name: string
  readonly rule: Given
  readonly unit: Rule
}

function namedRules(settings: unknown): readonly NamedRule[] {
  const rules = config.parse(settings).rules as readonly Given[]
  const taken = new Set(rules.flatMap(({ rule_id }) => rule_id ?? []))
  return rules.map((rule) => {
    const unit = RULES.of(rule.rule_type)
    if (rule.rule_id !== undefined) return { name: rule.rule_id, rule, unit }
    const plain = [rule.rule_type, rule.column].filter(Boolean).join('_')
    let name = plain
    for (let number = 2; taken.has(name); number++) name = `${plain}_${number}`
    taken.add(name)
    return { name, rule, unit }
  })
}

const onFail = ({ on_fail, severity }: Common) => on_fail ?? (severity === 'error' ? 'fail' : 'warn')

function check({ name, rule }: NamedRule, violation: Violation, context: LowerContext): CheckOp {
  const { when } = rule
  if (when !== undefined) withPath(['when'], () => boundExpression(when, context, { condition: true }))
  return {
    op: 'check',
    origin: { step: context.step, rule: name },
    column: violation.column,
    reason: violation.reason,
    fate: onFail(rule) === 'quarantine' ? 'quarantine' : 'keep',
    test: testOf(violation, rule.when),
  }
}

function testOf({ test, column }: Violation, when: string | undefined): CheckOp['test'] {
  // rows outside `when` have no key
  if ('repeats' in test) return { is: 'repeat', key_set: test.repeats }
  if ('source' in test) {
    const absent = { ...test, is: 'absent', column } as const
    if (when === undefined) return absent
    const { expression, parameters } = asCompiled(when)
    return { ...absent, when: { expression: expressionOf(expression), parameters } }
  }
  if (when === undefined) return { is: 'violation', expression: expressionOf(test.expression), parameters: test.parameters }
  const condition = asCompiled(when)
  return {
    is: 'violation',
    expression: expressionOf(`(${condition.expression}) AND (${test.expression})`),
    parameters: { ...condition.parameters, ...test.parameters },
  }
}

/** The rows that break a rule, if they are more than its tolerance allows, else 0. */
function broken({ name, rule }: NamedRule, totals: StepTotals): number {
  const rows = totals.rows_found.get(name) ?? 0
  return isMoreThanShare(rows, totals.rows_in, rule.tolerance) ? rows : 0
}

/** `, such as sales.csv:12 "-4": amount is not at least 0`. */
function exampleOf({ examples }: StepTotals, rule: string): string {
  const found = examples.get(rule)
  return found === undefined ? '' : `, such as ${found.source}:${found.line} "${found.value}": ${found.reason}`
}

export const validateBehaviour: RowsBehaviour = {
  lower: (settings, context) =>
    namedRules(settings).flatMap((named, at) =>
      withPath(['rules', at], () => {
        const { rule, unit } = named
        if (unit.level === 'row') return unit.violations(rule, context).map((violation) => check(named, violation, context))
        unit.expectation?.(rule, context)
        return []
      }),
    ),
  evaluate: (settings, figures) =>
    namedRules(settings).flatMap(({ name, rule, unit }) =>
      unit.level === 'dataset'
        ? [{ rule: name, severity: rule.severity, on_fail: onFail(rule), result: unit.evaluate(rule, figures) }]
        : [],
    ),
  summarize: (settings, totals) => {
    const rules = namedRules(settings)
    const violations = totals.counts.reduce((sum, { rows }) => sum + rows, 0)
    const failedRows = rules.filter((named) => named.unit.level === 'row' && broken(named, totals) > 0)
    const failedDataset = totals.evaluated.filter(({ result }) => !result.passed)
    const failed = failedRows.length + failedDataset.length
    const misfits = misfitLines(totals.counts)
    const lines = [
      ...misfits,
      ...failedRows.map((named) => {
        const { name, rule } = named
        const rows = broken(named, totals)
        const action = onFail(rule) === 'quarantine' ? ', quarantined' : ''
        const level = onFail(rule) === 'fail' ? ('error' as const) : ('warning' as const)
        const text = `${name}: ${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'} (${rule.severity}${action})`
        // a gate that fails the run shows where to look first
        return { level, text: level === 'error' ? `${text}${exampleOf(totals, name)}` : text }
      }),
      ...failedDataset.map(({ rule, severity, on_fail, result }) => ({
        level: on_fail === 'fail' ? ('error' as const) : ('warning' as const),
        text: `${rule}: ${result.observed}, expected ${result.expected} (${severity})`,
      })),
    ]
    const failing = [
      ...failedRows.filter(({ rule }) => onFail(rule) === 'fail').map(({ name }) => name),
      ...failedDataset.filter(({ on_fail }) => on_fail === 'fail').map(({ rule }) => rule),
    ]
    return {
      failing,
      result: { rules: rules.length, failed, violations },
      report: {
        level: failed + misfits.length === 0 ? 'ok' : failing.length > 0 ? 'error' : 'warning',
        message: failed === 0 ? 'All validations passed' : `${failed} of ${rules.length} rules failed`,
        lines,
      },
    }
  },
}
