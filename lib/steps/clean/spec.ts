/** clean: fixes what can be fixed, counts every change, quarantines the rest. */
import { allNeeds } from '#steps/kind/lower-context.ts'
import { namedBySettings } from '#steps/kind/known-columns.ts'
import { pathsOf } from '#steps/kind/addresses.ts'
import { theOne } from '#steps/kind/one-key.ts'
import { defineStep } from '#steps/kind/step.ts'
import type { Cleaner } from './cleaner.ts'
import { CLEANERS } from './cleaners/index.ts'
import { config } from './config.ts'
import { keysAfter } from './keys-after.ts'

type Rules = ReturnType<typeof config.parse>['rules']

function ruleOf(rule: Rules[number]) {
  const [name, own] = theOne(rule)
  return { cleaner: CLEANERS.of(name), config: own }
}

/** What the cleaners of the rules say about their settings, with paths below those of the step. */
const foundIn = <Found extends { readonly path: readonly (string | number)[] }>(
  rules: Rules,
  find: (cleaner: Cleaner, config: unknown) => readonly Found[] | undefined,
): readonly Found[] =>
  rules.flatMap((rule, at) => {
    const [name, own] = theOne(rule)
    return (find(CLEANERS.of(name), own) ?? []).map((found) => ({ ...found, path: ['rules', at, name, ...found.path] }))
  })

export const clean = defineStep({
  kind: 'clean',
  shape: 'rows',
  summary: 'Fix what can be fixed, count every change, quarantine the rest.',
  description: `Runs its rules on each row, in the order written. Every changed cell is counted by column and rule, with examples of before and
after. No row is lost: it is in the output, or in the quarantine or the duplicates, with its source, line and reason. \`auto\` chooses by the
facts of the whole dataset, never of a chunk, and the report shows each choice and its reason. A rule compares keys and computes means, medians and
bounds from the rows and cells that the rules before it in the step left. A quarantined row is in the quarantine once, with every reason.`,
  config,
  result: {
    issues: 'Findings resolved.',
    cells: 'Cells changed.',
    quarantined: 'Rows quarantined.',
    deduplicated: 'Duplicate rows removed.',
  },
  examples: [
    {
      title: 'The usual cleaning',
      yaml: 'id: clean_data\ntype: clean\nwith:\n  rules:\n    - {standardize: [whitespace, case, dates, numbers, phones, emails]}\n    - {missing: auto}\n    - {deduplicate: {keys: auto, keep: first}}\n    - {outliers: {method: iqr, action: flag}}\n',
    },
    {
      title: 'Every choice by hand',
      yaml: 'id: clean_data\ntype: clean\nwith:\n  rules:\n    - {missing: {columns: [price], strategy: median}}\n    - {missing: {columns: [region], strategy: constant, value: unknown}}\n    - {map: {column: country, values: {UK: United Kingdom, GB: United Kingdom}}}\n    - {drop: [internal_note]}\n    - {deduplicate: {keys: [order_id], keep: last}}\n',
    },
  ],
  quarantine: ({ quarantine }) => quarantine,
  addresses: ({ quarantine }) => pathsOf(quarantine, ['quarantine'], 'write'),
  assets: ({ rules }) => foundIn(rules, (cleaner, config) => cleaner.assets?.(config)),
  check: ({ rules }) => foundIn(rules, (cleaner, config) => cleaner.check?.(config)),
  columns: ({ rules }) =>
    rules.map((rule, at) => {
      const [name, config] = theOne(rule)
      const path = ['rules', at, name]
      const { reads, after } = CLEANERS.of(name).columns?.(config) ?? { reads: namedBySettings(config, []) }
      return { reads: reads.map((read) => ({ ...read, path: [...path, ...read.path] })), after }
    }),
  needs: ({ rules }) => {
    const named = rules.map(ruleOf)
    return allNeeds(
      named.map(({ cleaner, config }, at) => {
        const needs = cleaner.needs(config)
        return { ...needs, key_sets: needs.key_sets.map((set) => keysAfter(named.slice(0, at), set)) }
      }),
    )
  },
  places: ({ rules }) => {
    const named = rules.map(ruleOf)
    return named.flatMap(({ cleaner, config }, rule) => {
      const before = named.slice(0, rule)
      const changed = before.some(({ cleaner: one, config: own }) => one.changes(own))
      // a whole row is compared as it was read
      const own = cleaner.needs(config).key_sets.filter(({ columns }) => columns !== null)
      const key_sets = changed ? own.map((set) => keysAfter(before, set)) : []
      const wanted = cleaner.figures?.(config) ?? null
      const figures = before.some(({ cleaner: one, config: own }) => one.moves?.(own, wanted) ?? one.changes(own)) ? wanted : null
      return key_sets.length === 0 && figures === null ? [] : [{ rule, key_sets, figures }]
    })
  },
  load: async () => (await import('./behaviour.ts')).cleanBehaviour,
})
