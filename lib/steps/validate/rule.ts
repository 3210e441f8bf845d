/**
 * The contract of a rule: one requirement on the data, one file each. A row rule lowers to violations, which are conditions on a row; a
 * dataset rule evaluates figures of the whole output.
 */
import * as z from 'zod'
import type { ColumnFacts } from '#relational/measures/facts.ts'
import type { KeyMatch } from '#relational/operations/key-set.ts'
import type { KeyReference } from '#relational/operations/ops.ts'
import type { Json } from '#core/json.ts'
import type { AssetUse } from '#steps/kind/assets.ts'
import { rowExpression, text } from '#steps/kind/fields.ts'
import type { LowerContext, Needs } from '#steps/kind/lower-context.ts'
import { NO_NEEDS } from '#steps/kind/lower-context.ts'
import type { ExpressionUse } from '#steps/kind/expression-use.ts'
import type { OutputFigures, RuleResult } from '#steps/kind/behaviour.ts'

/** How a row breaks a rule. */
export interface Violation {
  /** The column it concerns; '' for the whole row. */
  readonly column: string
  /** The reason, as text. */
  readonly reason: string
  readonly test: ViolationTest
}

export type ViolationTest =
  /** A row expression that reads its `ruleParameters`; where its result is NULL, the rule is not broken. */
  | { readonly expression: string; readonly parameters: { readonly [name: string]: Json } }
  /** The row repeats the key of an earlier row. */
  | { readonly repeats: KeyReference }
  /** The cell holds a value that a column of another file does not have. */
  | { readonly source: string; readonly source_column: string; readonly match?: KeyMatch }

type Given = { readonly [name: string]: Json | undefined }

/**
 * The settings of a rule as parameters of its expression. Their names contain spaces, which an author's references cannot, so that `when`
 * never reads them.
 */
export function ruleParameters(settings: Given) {
  const nameOf = (name: string) => `${name} of the rule`
  const given = Object.entries(settings).filter((entry): entry is [string, Json] => entry[1] !== undefined)
  return {
    /** The parameter as written in the expression. */
    read: (name: string) => `{{ ${nameOf(name)} }}`,
    parameters: Object.fromEntries(given.map(([name, value]) => [nameOf(name), value])),
  }
}

/** Settings of every rule. */
export const common = {
  rule_id: z.string().min(1).optional().describe('The name of the rule (default: its type and column).'),
  name: text.optional().describe('A title for readers.'),
  severity: z.enum(['error', 'warning', 'info']).default('error').describe('Severity of a violation.'),
  on_fail: z
    .enum(['fail', 'quarantine', 'warn'])
    .optional()
    .describe('What a violation does: fail the run, quarantine the row, or warn (default: fail if `severity` is error, else warn).'),
  tolerance: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      'The share of rows that can break the rule without failing it: the rule fails above this share. It is a share of all rows that reach the step, including those that `when` excludes.',
    ),
}

/** Settings of rules about single rows. */
export const rowCommon = {
  ...common,
  when: rowExpression.optional().describe('The rule applies only to rows for which this is true.'),
}

export interface Common {
  readonly rule_id?: string | undefined
  readonly severity: 'error' | 'warning' | 'info'
  readonly on_fail?: 'fail' | 'quarantine' | 'warn' | undefined
  readonly tolerance: number
}

/** What is known of a column when rules are suggested for it. */
export interface KnownColumn {
  /** The facts of all its cells, as they are after cleaning. */
  readonly facts: ColumnFacts
  /** What its values mean, as found in the source. */
  readonly meaning: string | null
}

/** A rule that holds for a column today and that its author probably meant to hold. */
export interface Suggestion {
  /** The settings besides `rule_type` and `column`. */
  readonly settings: { readonly [setting: string]: Json }
  /** The evidence, as a short phrase: `all 12,031 rows have a value`. */
  readonly because: string
}

interface RuleUnit<Name extends string, Config> {
  readonly name: Name
  readonly summary: string
  /** A strict object whose `rule_type` is the name. */
  readonly config: z.ZodType<Config>
  needs(config: Config): Needs
  expressions(config: Config): readonly ExpressionUse[]
  /** The files of the pipeline that its settings name. */
  assets?(config: Config): readonly AssetUse[]
  /** The settings besides `rule_type`, as written in a rule. */
  readonly examples: readonly [string, ...string[]]
}

export interface RowRule<Name extends string = string, Config = unknown> extends RuleUnit<Name, Config> {
  readonly level: 'row'
  violations(config: Config, context: LowerContext): readonly Violation[]
  /** The rule as `siftstep suggest` writes it for a column; null if the column gives no reason for it. */
  suggest?(column: KnownColumn): Suggestion | null
}

export interface DatasetRule<Name extends string = string, Config = unknown> extends RuleUnit<Name, Config> {
  readonly level: 'dataset'
  /** Throws a task error if the data has nothing that the rule could evaluate. */
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
