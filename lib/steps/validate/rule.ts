/**
 * The contract of a rule: one demand on the data, one file each. A row rule lowers to violations, conditions on a row;
 * a dataset rule judges figures of the whole output.
 */
import * as z from 'zod'
import type { KeyReference } from '#relational/operations/ops.ts'
import type { Json } from '#core/json.ts'
import { rowExpression, text } from '#steps/kind/fields.ts'
import type { LowerContext, Needs } from '#steps/kind/lower-context.ts'
import { NO_NEEDS } from '#steps/kind/lower-context.ts'
import type { ExpressionUse } from '#steps/kind/expression-use.ts'
import type { OutputFigures, RuleResult } from '#steps/kind/behaviour.ts'

/** How a row breaks a rule. */
export interface Violation {
  /** The column it is about; '' for the whole row. */
  readonly column: string
  /** What is wrong, in words. */
  readonly reason: string
  readonly test: ViolationTest
}

export type ViolationTest =
  /** A row expression that reads its `ruleParameters`; where it cannot be told (NULL) the rule is not broken. */
  | { readonly expression: string; readonly parameters: { readonly [name: string]: Json } }
  /** The row repeats the key of an earlier one. */
  | { readonly repeats: KeyReference }
  /** The cell holds a value that a column of another file does not. */
  | { readonly source: string; readonly source_column: string }

type Given = { readonly [name: string]: Json | undefined }

/**
 * The settings of a rule as parameters of its expression. Their names hold spaces, which no reference of an author's can, so that `when`
 * never reads them.
 */
export function ruleParameters(settings: Given) {
  const nameOf = (name: string) => `${name} of the rule`
  const given = Object.entries(settings).filter((entry): entry is [string, Json] => entry[1] !== undefined)
  return {
    /** How the expression reads one. */
    read: (name: string) => `{{ ${nameOf(name)} }}`,
    parameters: Object.fromEntries(given.map(([name, value]) => [nameOf(name), value])),
  }
}

/** Settings every rule has. */
export const common = {
  rule_id: z.string().min(1).optional().describe('A name for the rule; made from its type and column when absent.'),
  name: text.optional().describe('A title for people.'),
  severity: z.enum(['error', 'warning', 'info']).default('error').describe('How bad a violation is.'),
  on_fail: z
    .enum(['fail', 'quarantine', 'warn'])
    .optional()
    .describe('What happens: an error fails and the others warn unless said otherwise.'),
  tolerance: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      'The share of rows that may break the rule before it counts as broken; exactly that many may. It is a share of all rows that reach the step, also of those a `when` leaves out.',
    ),
}

/** Settings of rules about single rows. */
export const rowCommon = {
  ...common,
  when: rowExpression.optional().describe('The rule is only about rows for which this is true.'),
}

export interface Common {
  readonly rule_id?: string | undefined
  readonly severity: 'error' | 'warning' | 'info'
  readonly on_fail?: 'fail' | 'quarantine' | 'warn' | undefined
  readonly tolerance: number
}

interface RuleUnit<Name extends string, Config> {
  readonly name: Name
  readonly summary: string
  /** A strict object whose `rule_type` is the name. */
  readonly config: z.ZodType<Config>
  needs(config: Config): Needs
  expressions(config: Config): readonly ExpressionUse[]
  /** The settings beside `rule_type`, as they may stand in a rule. */
  readonly examples: readonly [string, ...string[]]
}

export interface RowRule<Name extends string = string, Config = unknown> extends RuleUnit<Name, Config> {
  readonly level: 'row'
  violations(config: Config, context: LowerContext): readonly Violation[]
}

export interface DatasetRule<Name extends string = string, Config = unknown> extends RuleUnit<Name, Config> {
  readonly level: 'dataset'
  /** Throws a task error where the data has nothing the rule could judge. */
  expectation?(config: Config, context: Pick<LowerContext, 'columns' | 'step'>): void
  evaluate(config: Config, figures: OutputFigures): RuleResult
}

export type Rule = RowRule | DatasetRule

/** Declares a row rule. */
export function defineRowRule<const Name extends string, Config extends { when?: string | undefined }>(
  rule: Omit<RowRule<Name, Config>, 'level' | 'needs' | 'expressions'> & Partial<Pick<RowRule<Name, Config>, 'needs' | 'expressions'>>,
): RowRule<Name, Config> {
  return {
    needs: () => NO_NEEDS,
    ...rule,
    level: 'row',
    expressions: (config) => [
      ...(config.when === undefined ? [] : [{ path: ['when'], text: config.when, mode: 'row' as const, condition: true }]),
      ...(rule.expressions?.(config) ?? []),
    ],
  }
}

/** Declares a rule about the whole output. */
export function defineDatasetRule<const Name extends string, Config>(
  rule: Omit<DatasetRule<Name, Config>, 'level' | 'needs' | 'expressions'>,
): DatasetRule<Name, Config> {
  return { ...rule, level: 'dataset', needs: () => NO_NEEDS, expressions: () => [] }
}
