/** Reads a definition, from the text to the checked `Definition`; the entry point of this folder. */
import type { Asset } from '#core/assets/assets.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { toSeconds } from '#steps/kind/fields.ts'
import { type AssetReader, type Assets, assetsFrom } from './asset-reader.ts'
import { isMapping } from './build-values.ts'
import { checkAlerts } from './alerts.ts'
import { checkFunctions } from './own-functions.ts'
import { type CheckContext, checkShape } from './check-shape.ts'
import { compileResources } from './compile-resources.ts'
import { compileStep } from './compile-step.ts'
import { type Connections, readConnections } from './connections.ts'
import { checkPlain } from './compile-value.ts'
import { compileNotifications } from './notifications.ts'
import { monitoringOf } from './monitoring.ts'
import { type ConfigOptions, configSource, substitute } from './config.ts'
import type { Definition, Entry, InputDeclaration, Step } from './definition.ts'
import { allSteps, type Ending, ENDINGS, type ListEntry, readEndings, readEntries, type StepEntry } from './entries.ts'
import { type LockText, lockFileOf, readLock } from './dialects/lock-file.ts'
import { arrangedContext, normalise } from './dialects/normalise.ts'
import { itemsOf, list, mapping, others, type Part, partOf } from './dialects/parts.ts'
import { type Graph, type Node, readGraph } from './graph.ts'
import { isUsableName, readInputs } from './inputs.ts'
import { isRunMode, notYet } from './not-yet.ts'
import { type Problem, sortProblems } from './problem.ts'
import { type LiteralSecret, type ParseContext, pathText, report, type SourceMap } from './parse-context.ts'
import { type Top, top } from './schema.ts'
import { sourceMap } from './source-map.ts'
import { usualTimeout } from './run-timeout.ts'
import type { Scope } from './scope.ts'
import { checkSecrets } from './secrets.ts'
import { readSchedule } from './starts/schedule.ts'
import { readTriggers } from './starts/triggers.ts'
import { readTests } from './tests.ts'
import { unknownKey } from './unknown-key.ts'
import { reportUnused } from './unused.ts'
import { shown } from '#language/inputs/shown.ts'
import { readYaml } from './yaml.ts'
import { expand } from './shorthands/expand.ts'
import { treeWithSteps, withSteps } from './shorthands/spellings.ts'

export interface ReadOptions extends ConfigOptions {
  /** The name of the file, for problems. */
  readonly file: string
  /** Reads the files that belong to the definition; there are none when absent. */
  readonly readAsset?: AssetReader
}

export type ReadResult =
  | {
      readonly ok: true
      readonly definition: Definition
      readonly warnings: readonly Problem[]
      readonly map: SourceMap
      /** Name of the dialect the file is written in; absent: the canonical form. */
      readonly dialect?: string
      /** The files that belong to it, by path. */
      readonly assets: readonly Asset[]
      /** The decisions of the dialect, where it makes any. */
      readonly lock?: LockText
    }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly literals?: readonly LiteralSecret[] }

/**
 * Reads a definition: its YAML, `${…}`, shape, names, order, references and row expressions. Reports all problems at once, each mistake
 * once, sorted by place. Pure, apart from `readFile` and `readAsset` of the options.
 */
export function readDefinition(text: string, options: ReadOptions): ReadResult {
  // 1. text to tree
  const { context: parsed, tree } = readYaml(text, options.file)
  if (tree === undefined) return failed([parsed])
  if (!isMapping(tree)) {
    report(parsed, 'not-a-mapping', [], {
      what: `the file is ${shown(tree)}`,
      hint: 'a definition is a mapping: `version: 1`, `id: …`, `steps: …`, with a space after each colon',
    })
    return failed([parsed])
  }

  // 2. values known at build time
  const source = configSource(tree, parsed, options)
  const substituted = substitute(tree, parsed, source, options)
  const asWritten = withoutUnsetTriggers({ ...parsed, substituted })

  // 3. from other spellings and the author's dialect to the canonical form, and from shorthands to ordinary steps
  const locks: ParseContext[] = []
  const named = withSteps({ path: [], value: asWritten.substituted.tree })
  const spelled = named === undefined ? asWritten : arrangedContext(asWritten, named, [])
  const { written, context: canonical, dialect, lock } = normalise(treeWithSteps(tree), spelled, (found) => readLock(found, options, locks))
  const context = expand(canonical)
  const given = context.substituted.tree

  // 4. the shape, part by part
  const shape = checkShape(top, given, [], { subject: 'a definition', keys: 'key' }, context)
  const inputs = readInputs(given['inputs'], context)
  const connections = readConnections(given['connections'], context)
  const assets = assetsFrom(options.readAsset)
  const mark = markOf(shape)
  const entries = readEntries(given['steps'], mark, context)
  if (Object.keys(mark).length > 0 && !allSteps(entries).some(({ kind }) => kind?.usesMark === true))
    report(context, 'invalid-value', ['state', 'high_water_mark'], {
      what: 'no step uses the high-water mark',
      hint: 'add a detect_changes step, or remove `high_water_mark`',
    })
  const endings = readEndings(given, context)
  const lastSteps = ENDINGS.flatMap((key) => endings[key])
  const everyStep = [...entries, ...lastSteps.map((step) => ({ step }))]
  checkSecrets(everyStep, context)

  // 5. names and order
  const graph = readGraph(entries, lastSteps, new Set(inputs.keys()), entries.length > 0, context)

  // 6. references, conditions, loops and row expressions, step by step
  const steps = new Map<StepEntry, Step>()
  for (const node of graph.nodes) {
    for (const entry of node.steps) {
      const step = compileStep(
        entry,
        node.depends_on,
        scopeOf(entry, given, inputs, connections, assets, entries, graph),
        shape?.defaults,
        context,
      )
      if (step !== undefined) steps.set(entry, step)
    }
  }
  for (const [key, list] of Object.entries(endings) as [Ending, readonly StepEntry[]][]) {
    for (const [at, entry] of list.entries()) {
      const before = [...allSteps(entries), ...list.slice(0, at)].flatMap(({ id }) => id ?? [])
      const scope = { ...scopeOf(entry, given, inputs, connections, assets, everyStep, graph), before: new Set(before) }
      const step = compileStep(entry, [], scope, shape?.defaults, context, key === 'on_failure' ? FAILURE : undefined)
      if (step !== undefined) steps.set(entry, step)
    }
  }
  const resources =
    shape && compileResources(shape.resources, scopeOf(undefined, given, inputs, connections, assets, entries, graph), context)
  if (shape?.name !== undefined) checkPlain(shape.name, ['name'], 'a title', context)

  checkAlerts(shape?.monitoring.alerts ?? [], context)
  checkFunctions(shape?.functions ?? {}, everyStep, context)
  const notifications =
    shape && compileNotifications(shape.notifications, scopeOf(undefined, given, inputs, connections, assets, entries, graph), context)

  // 7. schedule and triggers
  const world = { id: shape?.id, inputs, complete: inputsComplete(given), outputs: outputsOf(entries) }
  const schedule = readSchedule(shape?.schedule, shape?.defaults ?? {}, world, context)
  const triggers = readTriggers(shape?.triggers ?? [], world, context)
  const tests = readTests(shape?.tests ?? [], inputs, allSteps(everyStep), context)

  const activeRuns = typeof shape?.schedule === 'object' ? shape.schedule.max_active_runs : undefined
  if (activeRuns !== undefined && shape?.concurrency.max_active_runs !== undefined)
    report(context, 'invalid-value', ['schedule', 'max_active_runs'], {
      what: '`max_active_runs` stands in `schedule` and in `concurrency`',
      hint: 'keep one of them; it holds for schedules and triggers',
    })

  // 8. unused names
  const readsAll = [...steps.values()].some(({ references }) => references.settings.inputs === 'all')
  const isMode = (name: string) => name === 'mode' && isRunMode(inputs.get(name))
  const unused = reportUnused(written, given, readsAll ? () => false : isUsableName, isMode, context)
  const { unavailable, inputs: declared } = notYet(allSteps(entries), inputs, {
    isFree: unused.includes('mode'),
    streams: shape?.stream !== undefined,
    remembers: allSteps(entries).some(({ kind, settings }) => settings !== undefined && kind?.remembers?.(settings) === true),
  })

  const files = [...(source.context === parsed ? [parsed] : [parsed, source.context]), ...locks]
  if (
    shape === undefined ||
    resources === undefined ||
    notifications === undefined ||
    files.some((one) => one.problems.some((problem) => problem.level === 'error'))
  )
    return failed(files)
  const definition: Definition = {
    version: 1,
    id: shape.id,
    name: shape.name ?? shape.id,
    ...(shape.pipeline_version === undefined ? {} : { pipeline_version: shape.pipeline_version }),
    description: shape.description ?? '',
    inputs: Object.fromEntries(declared) as { [name: string]: InputDeclaration },
    resources,
    functions: shape.functions,
    concurrency: present({ ...shape.concurrency, max_active_runs: shape.concurrency.max_active_runs ?? activeRuns }),
    on_failure: endings.on_failure.flatMap((entry) => steps.get(entry) ?? []),
    finally: endings.finally.flatMap((entry) => steps.get(entry) ?? []),
    steps: graph.nodes.map((node) => entryOf(node, steps)),
    timeout: shape.timeout === undefined ? usualTimeout(steps.values()) : toSeconds(shape.timeout),
    ...(shape.owner === undefined ? {} : { owner: shape.owner }),
    tags: [...new Set(shape.tags)],
    ...(schedule === undefined ? {} : { schedule }),
    triggers,
    monitoring: monitoringOf(shape.monitoring),
    environments: Object.fromEntries(Object.entries(shape.environments).map(([name, environment]) => [name, present(environment)])),
    notifications,
    ...(tests.length === 0 ? {} : { tests }),
    ...(unavailable.length === 0 ? {} : { unavailable }),
  }
  return {
    ok: true,
    definition,
    warnings: sortProblems(parsed.problems),
    map: sourceMap(context),
    assets: byPath(assets),
    ...(dialect === undefined ? {} : { dialect: dialect.name }),
    ...(dialect?.lock === undefined || lock === undefined ? {} : { lock: { file: lockFileOf(options.file, dialect.lock), text: lock } }),
  }
}

/** Without the triggers that name a variable of the environment that is not set: only a deployment needs them, and it refuses them. */
function withoutUnsetTriggers(context: CheckContext): CheckContext {
  const file = { path: [], value: context.substituted.tree }
  const triggers = partOf(file, 'triggers')
  const isUnset = ({ path }: Part) => [...context.substituted.unset].some((place) => place.startsWith(`${pathText(path)}.`))
  if (triggers === undefined || !itemsOf(triggers).some(isUnset)) return context
  const rest = list(
    triggers,
    itemsOf(triggers).filter((one) => !isUnset(one)),
  )
  return arrangedContext(context, mapping(file, [...others(file, ['triggers']), ['triggers', rest]]), [])
}

/** The high-water mark as settings of the steps that use it. */
const markOf = (shape: Top | undefined): JsonObject => present(shape?.state?.high_water_mark ?? {}) as JsonObject

/** The event of a function that is called because a run has failed: the run, its inputs, and the error that the machine caught. */
const FAILURE = "{'run': $run, 'inputs': $inputs, 'failure': $Failure}"

const byPath = ({ found }: Assets): readonly Asset[] => [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))

/** Removes keys that are undefined. */
const present = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as { [Key in keyof T]: Exclude<T[Key], undefined> }

/** The targets of sink steps, as written. */
const outputsOf = (entries: readonly ListEntry[]) =>
  allSteps(entries).flatMap(({ id, kind, settings }) => {
    const to = kind?.shape === 'sink' ? settings?.['to'] : undefined
    return typeof to === 'string' ? [{ step: id ?? '', to }] : []
  })

function failed(files: readonly ParseContext[]): ReadResult {
  return { ok: false, problems: files.flatMap((file) => sortProblems(file.problems)), literals: files[0]?.literals ?? [] }
}

/** The names that can be read in the settings of a step, or, without a step, in settings of the whole pipeline. */
function scopeOf(
  entry: StepEntry | undefined,
  given: JsonObject,
  inputs: ReadonlyMap<string, InputDeclaration | undefined>,
  connections: Connections,
  assets: Assets,
  entries: readonly ListEntry[],
  graph: Graph,
): Scope {
  const all = allSteps(entries)
  const text = (value: Json | undefined) => (typeof value === 'string' ? value : '')
  return {
    inputs,
    steps: new Map(all.flatMap((step) => (step.id === undefined ? [] : [[step.id, step.kind] as const]))),
    before: entry === undefined ? new Set() : graph.before(entry),
    complete: {
      inputs: inputsComplete(given),
      steps: all.every((step) => step.id !== undefined),
    },
    item: undefined,
    connections,
    assets,
    pipeline: { id: text(given['id']), name: text(given['name'] ?? given['id']) },
  }
}

/** Whether all inputs could be read and no key can be a misspelt `inputs`. */
function inputsComplete(given: JsonObject): boolean {
  const misspelt = given['inputs'] === undefined && Object.keys(given).some((own) => unknownKey(own, ['inputs'], {}).meant === 'inputs')
  return !misspelt && (given['inputs'] === undefined || isMapping(given['inputs']))
}

function entryOf(node: Node, steps: ReadonlyMap<StepEntry, Step>): Entry {
  const own = node.steps.flatMap((entry) => steps.get(entry) ?? [])
  const [only] = own
  if (own.length < node.steps.length) throw new Error(`a step of ${node.id} could not be read, but no problem was reported`)
  return 'steps' in node.entry || only === undefined ? { id: node.id, parallel: own, depends_on: node.depends_on } : only
}
