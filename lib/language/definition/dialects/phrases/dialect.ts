/** phrases: steps whose kind and settings are said in a sentence. */
import type { Json } from '#core/json.ts'
import { isMapping } from '../../build-values.ts'
import type { Dialect, DialectProblem } from '../dialect.ts'
import { type Arranged, constant, constants, itemsOf, kept, list, mapping, others, type Part, partOf, someOf } from '../parts.ts'
import { type Lock, type LockedStep, lockedOnError, lockedStep, lockFile, lockText } from './lock.ts'
import { type OnError, onErrorOf } from './on-error.ts'
import { RESOLVER, resolve, type Resolved, type Unclear } from './resolve.ts'
import { file, PHRASE, SHARED } from './schema.ts'
import { slugOf } from '#core/text/slug.ts'

const EXAMPLE = `version: 1
id: visits
steps:
  - id: discover_sources
    action: <AUTO>discover all data sources matching pattern data/visits*.csv
      and gather metadata including schemas and statistics</AUTO>
  - id: clean_data
    action: <AUTO>clean data, handle missing values, remove duplicates</AUTO>
    depends_on: [discover_sources]
    on_error:
      action: <AUTO>log problematic records and continue</AUTO>
      retry_count: 2
  - id: export_data
    action: <AUTO>export data to out/ as csv</AUTO>
    on_error:
      fallback_value: json
`

export const phrases: Dialect = {
  name: 'list of phrases',
  summary: 'Steps with an action between <AUTO> and </AUTO>, which are resolved to kinds of steps and their settings.',
  detect: (tree) => itemsOf(partOf({ path: [], value: tree }, 'steps')).some((step) => partOf(step, 'action') !== undefined),
  schema: file,
  arrange: (tree, given) => {
    const lock = given as Lock | undefined
    const steps = partOf(tree, 'steps')
    const inputs = inputsOf(tree)
    return mapping(tree, [
      ['version', partOf(tree, 'version') ?? constant(tree, 1)],
      ['id', partOf(tree, 'id') ?? idOf(partOf(tree, 'name'))],
      ...kept(tree, SHARED.top),
      [
        'steps',
        steps &&
          list(
            steps,
            itemsOf(steps)
              .filter(({ value }) => isMapping(value))
              .map((step) => (partOf(step, 'action') === undefined ? step : stepOf(step, inputs, lock))),
          ),
      ],
    ])
  },
  problems: (tree, given) => {
    const inputs = inputsOf(tree)
    return phraseSteps(tree).flatMap((step) => problemsOf(step, inputs, given as Lock | undefined))
  },
  lock: {
    suffix: '.auto.lock.yaml',
    schema: lockFile,
    text: (tree, given) => {
      const inputs = inputsOf(tree)
      const entries = phraseSteps(tree).map((step) => [stepId(step), entryOfStep(step, inputs, given as Lock | undefined)] as const)
      return lockText({ resolver: RESOLVER, steps: Object.fromEntries(entries) })
    },
  },
  example: EXAMPLE,
}

const phraseSteps = (tree: Part) => itemsOf(partOf(tree, 'steps')).filter((step) => phraseOf(step) !== undefined)
const stepId = (step: Part) => String(partOf(step, 'id')?.value ?? '')

function inputsOf(tree: Part): ReadonlySet<string> {
  const inputs = partOf(tree, 'inputs')?.value
  return new Set(inputs !== undefined && isMapping(inputs) ? Object.keys(inputs) : [])
}

/** An id from a title: `Data Processing Workflow` is data_processing_workflow. */
function idOf(name: Part | undefined): Part | undefined {
  const id = typeof name?.value === 'string' ? slugOf(name.value) : undefined
  return name === undefined || id === undefined ? undefined : constant(name, id)
}

/** The text of a phrase; undefined for what the schema refuses. */
function phraseOf(part: Part | undefined): string | undefined {
  const action = partOf(part, 'action')?.value
  return typeof action === 'string' && PHRASE.test(action) ? action.slice('<AUTO>'.length, -'</AUTO>'.length).trim() : undefined
}

function resolved(step: Part, inputs: ReadonlySet<string>, lock: Lock | undefined): LockedStep | Resolved | Unclear | undefined {
  const text = phraseOf(step)
  return text === undefined ? undefined : (lockedStep(lock, stepId(step), text) ?? resolve({ text, inputs }))
}

const isUnclear = (found: object): found is Unclear => 'what' in found

/** What the phrase of `on_error` says, as locked or as it is resolved now; its `fallback_value` takes precedence. */
function onError(step: Part, lock: Lock | undefined): OnError & { readonly locked: boolean } {
  const part = partOf(step, 'on_error')
  const fallback = partOf(part, 'fallback_value')?.value
  const text = phraseOf(part)
  const locked = text === undefined ? undefined : lockedOnError(lock, stepId(step), text)
  const { settings, ignored } = locked ?? (text === undefined ? { settings: {}, ignored: [] } : onErrorOf(text, fallback !== undefined))
  const own = settings['on_error']
  const format =
    fallback === undefined ? {} : { on_error: { ...(own !== undefined && isMapping(own) ? own : {}), fallback: [{ format: fallback }] } }
  return { settings: { ...settings, ...format }, ignored, locked: locked !== undefined }
}

function stepOf(step: Part, inputs: ReadonlySet<string>, lock: Lock | undefined): Arranged {
  const action = partOf(step, 'action') ?? step
  const found = resolved(step, inputs, lock)
  const clear = found === undefined || isUnclear(found) ? undefined : found
  const [own, loop, retry] = [partOf(step, 'on_error'), partOf(step, 'loop'), partOf(step, 'retry')]
  const { settings } = onError(step, lock)
  const said = (key: string) => {
    const at = partOf(own, 'action') ?? partOf(own, 'fallback_value') ?? step
    const value = settings[key]
    return value !== undefined && isMapping(value) ? Object.entries(value).map(([name, one]) => [name, constants(at, one)] as const) : []
  }
  return mapping(step, [
    ['id', partOf(step, 'id')],
    ['type', clear && constant(action, clear.type)],
    ...kept(step, SHARED.step),
    ['loop', loop && loopOf(loop)],
    [
      'retry',
      someOf(retry ?? own ?? step, [
        ...said('retry'),
        ['max_attempts', partOf(own, 'retry_count')],
        ['interval', partOf(own, 'retry_delay')],
        ...others(retry, []),
      ]),
    ],
    ['on_error', own && someOf(own, [...said('on_error'), ...kept(own, SHARED.onError)])],
    ['with', clear?.with && constants(action, clear.with as Json)],
  ])
}

/** With `parallel: true` the number of iterations is that of items at a time; else it is the most that there may be. */
const loopOf = (loop: Part): Arranged =>
  mapping(loop, [
    ...others(loop, ['max_iterations']),
    [partOf(loop, 'parallel')?.value === true ? 'max_concurrency' : 'max_items', partOf(loop, 'max_iterations')],
  ])

function problemsOf(step: Part, inputs: ReadonlySet<string>, lock: Lock | undefined): readonly DialectProblem[] {
  const found = resolved(step, inputs, lock)
  const own = partOf(step, 'on_error')
  const fallback = partOf(own, 'fallback_value')
  const problems: DialectProblem[] = []
  if (found !== undefined && isUnclear(found))
    problems.push({ code: 'unclear-phrase', level: 'error', path: [...step.path, 'action'], what: found.what, hint: found.hint })
  for (const word of found !== undefined && 'beyond' in found ? found.beyond : [])
    problems.push({
      code: 'phrase-not-covered',
      level: 'warning',
      path: [...step.path, 'action'],
      what: `the step reads as ${(found as Resolved).type}, which does nothing about "${word}"`,
      hint: 'remove it from the phrase; the rest of the phrase applies',
    })
  const { ignored, locked } = onError(step, lock)
  // what is locked was reviewed
  for (const clause of locked ? [] : ignored)
    problems.push({
      code: 'phrase-not-covered',
      level: 'warning',
      path: [...(own?.path ?? step.path), 'action'],
      what: `no step can do this if it fails: "${clause}"`,
      hint: 'a step can retry, continue, quarantine rows, or publish in the format of `fallback_value`; the rest of the phrase applies',
    })
  if (fallback !== undefined && found !== undefined && !isUnclear(found) && found.type !== 'export')
    problems.push({
      code: 'invalid-value',
      level: 'error',
      path: fallback.path,
      what: `\`fallback_value\` stands in a step that does not publish: its phrase reads as ${found.type}`,
      hint: 'it is the format in which a step publishes if the first one fails: remove it',
    })
  return problems
}

/** The entry of a step in the lock; its phrase is clear. */
function entryOfStep(step: Part, inputs: ReadonlySet<string>, lock: Lock | undefined): Json {
  const found = resolved(step, inputs, lock)
  if (found === undefined || isUnclear(found)) throw new Error('a phrase that is not clear has no entry')
  const text = phraseOf(partOf(step, 'on_error'))
  const { settings, ignored } = onError(step, lock)
  const notCovered = (words: readonly string[]) => (words.length === 0 ? {} : { not_covered: [...words] })
  return {
    phrase: tidy(phraseOf(step) ?? ''),
    confidence: found.confidence,
    type: found.type,
    ...(found.with === undefined || Object.keys(found.with).length === 0 ? {} : { with: found.with as Json }),
    ...notCovered('beyond' in found ? found.beyond : (found.not_covered ?? [])),
    ...(text === undefined ? {} : { on_error: { phrase: tidy(text), ...settings, ...notCovered(ignored) } }),
  }
}

/** One line for each sentence or item. */
const tidy = (phrase: string) =>
  phrase
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .join('\n')
    .replace(/\n(?!-)/g, ' ')
