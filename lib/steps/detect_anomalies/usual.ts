/** What is usual in a dataset: the columns to look at, where their numbers lie, how often their values occur. */
import { isNaming } from '#relational/infer/semantics.ts'
import { existingColumn } from '#relational/types/choose-columns.ts'
import { isNumeric } from '#relational/types/types.ts'
import type { AssessInput, DatasetRows } from '#steps/kind/behaviour.ts'
import { chanceFrom, sampler } from './chance.ts'
import type { Settings } from './config.ts'
import { type Baseline, categoriesIn, type Distribution, numbersIn } from './drift.ts'
import { type Spread, spreadOf } from './findings.ts'

/** Rows of the sample that decides what is usual. */
const SAMPLE = 25_600
/** More different values are no categories, and are counted no further. */
const MAX_VALUES = 1000
const PARTY = /(^|_)(card|account|customer|user|client|device|ip|iban)(_|$)/i
const KEY = /(^|[_\s-])(id|key|code|no|nr|zip)$|[a-z](Id|Key|Code)$/i

export interface Chosen {
  readonly numbers: readonly string[]
  readonly texts: readonly string[]
  /** Columns of who a row is about, and the first moment. */
  readonly parties: readonly string[]
  readonly moment: string | undefined
}

/** Numbers and texts besides ids, codes and names, or those that the author names. */
export function chosenColumns({ columns: given }: Settings, { dataset, step }: AssessInput): Chosen {
  const named = given?.map((name) => existingColumn(name, { columns: dataset.columns, step }).name)
  const isChosen = ({ name, semantic = null }: AssessInput['dataset']['columns'][number]) =>
    named === undefined ? !isNaming(semantic) && !KEY.test(name) : named.includes(name)
  const chosen = dataset.columns.filter(isChosen)
  return {
    numbers: chosen.filter(({ type }) => isNumeric(type)).map(({ name }) => name),
    texts: chosen.filter(({ type }) => type === 'text' || type === 'boolean').map(({ name }) => name),
    parties: dataset.columns.filter(({ name }) => PARTY.test(name)).map(({ name }) => name),
    moment: dataset.columns.find(({ type }) => type === 'timestamp')?.name,
  }
}

/** What is usual, from all rows or a sample of them. */
export interface Learned {
  readonly rows: number
  /** Numbers of sampled rows, missing ones as null. */
  readonly sample: readonly (readonly (number | null)[])[]
  readonly spreads: readonly Spread[]
  /** How often each value of each text column occurs; null if there are too many. */
  readonly counts: readonly (ReadonlyMap<string | null, number> | null)[]
}

/** One pass over all rows. */
export async function learn({ numbers, texts }: Chosen, rows: DatasetRows, seed: number): Promise<Learned> {
  const drawn = sampler<readonly (number | null)[]>(SAMPLE, chanceFrom(seed))
  const counts: (Map<string | null, number> | null)[] = texts.map(() => new Map())
  let seen = 0
  const columns = [...numbers.map((name) => ({ name, as: 'number' as const })), ...texts.map((name) => ({ name, as: 'text' as const }))]
  for await (const some of rows.read(columns))
    for (const row of some) {
      seen++
      drawn.add(row.slice(0, numbers.length) as (number | null)[])
      for (const [at, own] of counts.entries()) {
        if (own === null) continue
        const value = (row[numbers.length + at] ?? null) as string | null
        own.set(value, (own.get(value) ?? 0) + 1)
        if (own.size > MAX_VALUES) counts[at] = null
      }
    }
  const spreads = numbers.map((_, at) => spreadOf(drawn.items.flatMap((row) => row[at] ?? [])))
  return { rows: seen, sample: drawn.items, spreads, counts }
}

/** The distribution of each column now, in the bins of the baseline where there is one. */
export function distributionsOf({ numbers, texts }: Chosen, { sample, counts, rows }: Learned, baseline: Baseline | null): Baseline {
  const then = new Map(Object.entries(baseline ?? {}))
  const found: [string, Distribution][] = [
    ...numbers.map((name, at): [string, Distribution] => [
      name,
      numbersIn(
        sample.map((row) => row[at] ?? null),
        then.get(name)?.edges ?? null,
      ),
    ]),
    ...texts.flatMap((name, at): [string, Distribution][] => {
      const own = counts[at]
      return own == null ? [] : [[name, categoriesIn(own, rows)]]
    }),
  ]
  return Object.fromEntries(found)
}
