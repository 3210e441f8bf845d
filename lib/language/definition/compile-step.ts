/** Compiles a valid step: adds defaults and compiles references. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import type { Json, JsonObject } from '#core/json.ts'
import { toBytes, toSeconds } from '#steps/kind/fields.ts'
import type { StepKind } from '#steps/kind/step.ts'
import { toShare } from './atoms.ts'
import { withAssetReferences } from './assets.ts'
import type { CheckContext } from './check-shape.ts'
import { checkPlain, compileText, compileValue, isOpaque, reportInText } from './compile-value.ts'
import { translateCondition } from './condition.ts'
import { withPayload } from './call-payload.ts'
import type { Loop, OnError, Step } from './definition.ts'
import { compileRetry } from './compile-retry.ts'
import { withConnections } from './connections.ts'
import { checkSettings, KINDS_WITHOUT_ROWS, SEE_NO_ROWS, type StepEntry } from './entries.ts'
import { withArticle } from './describe-schema.ts'
import { expression } from '#asl/machine/literal.ts'
import { compileMessage } from './message.ts'
import { type Path, pathText, report } from './parse-context.ts'
import { referencesIn } from './references.ts'
import type { LoopFields } from './loop-schema.ts'
import type { OnErrorFields, RetryFields, StepFields, Top } from './schema.ts'
import { FILE_CHUNKS, RESERVED_NAMES, resolveReference, type Scope } from './scope.ts'
import { compileSecret, isPlainSecret } from './secrets.ts'
import { partsOf, referencesOf, soleReference } from './template.ts'
import type { ExpressionUse } from '#steps/kind/expression-use.ts'

/** Default timeout of a task. */
const TIMEOUT_SECONDS = 15 * 60
/** A Lambda function, which runs a task on AWS, is stopped after this. Source: AWS Lambda quotas. */
const LAMBDA_SECONDS = 15 * 60

const NO_EXPRESSIONS: ReadonlyMap<string, ExpressionUse> = new Map()

/** Compiles a step; undefined if it could not be read and so has problems already. `event`: the event of a call without one, as JSONata. */
export function compileStep(
  entry: StepEntry,
  depends_on: readonly string[],
  scope: Scope,
  defaults: Top['defaults'] | undefined,
  context: CheckContext,
  event?: string,
): Step | undefined {
  const { fields, kind, settings, path } = entry
  if (fields === undefined) {
    // check the settings even if the rest of the step is invalid, unless they can refer to a loop item
    if (kind !== undefined && settings !== undefined && !entry.mayLoop)
      compileSettings(kind, settings, () => [...path, 'with'], scope, context)
    return undefined
  }
  if (fields.name !== undefined) checkPlain(fields.name, [...path, 'name'], 'a title', context)
  const once = fields.loop && { name: fields.loop.as, why: 'the condition is evaluated once, before the loop starts: remove the reference' }
  const condition = compileCondition(
    fields.condition,
    [...path, 'condition'],
    once === undefined ? scope : { ...scope, noItem: once },
    context,
  )
  const loop = fields.loop && compileLoop(fields.loop, [...path, 'loop'], scope, context)
  if (kind === undefined || settings === undefined) return undefined
  if (fields.trigger_rule !== undefined) checkTriggerRule(kind, path, context)
  const inside = loopScope(scope, loop)
  const timeout = toSeconds(fields.timeout ?? defaults?.timeout ?? TIMEOUT_SECONDS)
  if (timeout > LAMBDA_SECONDS) {
    const place = fields.timeout === undefined ? ['defaults', 'timeout'] : [...path, 'timeout']
    report(
      context,
      'timeout-over-lambda',
      place,
      {
        what: `the timeout of a task is ${timeout} s, but AWS stops it after ${LAMBDA_SECONDS} s`,
        hint: 'use 15m or less; smaller chunks make shorter tasks',
      },
      { level: 'warning' },
    )
  }
  const most = defaults?.max_concurrency === undefined ? {} : { max_concurrency: defaults.max_concurrency }
  const resources = { ...most, ...defaults?.resources, ...fields.resources }
  const own = compileSettings(kind, settings, () => [...path, 'with'], inside, context)
  const compiled = kind.shape === 'call' ? withPayload(own, event, depends_on, path, scope, context) : own
  const on_error = compileOnError(fields.on_error, kind, entry, inside, context)
  const read = (value: Json | undefined) => referencesIn(value, (name) => scope.steps.has(name))
  return {
    id: fields.id,
    name: fields.name ?? fields.id,
    type: kind.kind,
    with: compiled,
    depends_on,
    ...condition,
    ...(fields.trigger_rule === undefined ? {} : { trigger_rule: fields.trigger_rule }),
    ...(loop === undefined ? {} : { loop }),
    retry: compileRetry(defaults?.retry, ownRetry(fields, path, context), kind.shape, path, context),
    on_error,
    timeout,
    fuse: fields.fuse ?? true,
    ...(fields.cache_results === false ? { cache_results: false as const } : {}),
    resources: {
      ...(resources.memory === undefined ? {} : { memory: toBytes(resources.memory) }),
      ...(resources.max_concurrency === undefined ? {} : { max_concurrency: resources.max_concurrency }),
    },
    references: {
      settings: read([compiled, loop?.foreach ?? null]),
      condition: read(condition.condition),
      fallback: on_error.fallback.map(read),
    },
  }
}

/** Compiles settings one by one, each with the path where it is written: a fallback has some of its own and some of its step. */
function compileSettings(
  kind: StepKind,
  settings: JsonObject,
  pathOf: (key: string) => Path,
  scope: Scope,
  context: CheckContext,
): JsonObject {
  const plain = kind.plain?.(settings) ?? []
  const messages = new Set((kind.messages?.(settings) ?? []).map(([key]) => key))
  const compileSetting = ([key, value]: [string, Json]): [string, Json] => {
    const base = pathOf(key)
    const path = [...base, key]
    if (kind.conditions?.includes(key)) return [key, compileConditionSetting(value as string | boolean, path, scope, context)]
    if (kind.reads?.includes(key)) reportUnknownSteps(value, path, scope, context)
    if (kind.secrets?.includes(key) && !isPlainSecret(value, path, plain, context)) return [key, compileSecret(path, context)]
    if (kind.secretMaps?.includes(key))
      return [key, Object.fromEntries(Object.keys(value as JsonObject).map((name) => [name, compileSecret([...path, name], context)]))]
    if (messages.has(key)) return [key, compileMessage(String(value), path, scope, context)]
    return [key, compileValue(value, path, scope, expressionsBelow(kind, settings, base), context)]
  }
  const compiled = Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(compileSetting),
  )
  const connected = withConnections(compiled, kind.addresses?.(settings) ?? [], pathOf, scope.connections, context)
  return withAssetReferences(connected, settings, kind.assets?.(settings) ?? [], { pathOf, assets: scope.assets, context })
}

/** Whether a step on rows runs cannot depend on a rule: the steps after it read its rows. */
function checkTriggerRule({ kind, shape }: StepKind, path: Path, context: CheckContext): void {
  if (SEE_NO_ROWS.includes(shape)) return
  report(context, 'invalid-value', [...path, 'trigger_rule'], {
    what: `${withArticle(kind)} step works on rows, and runs only if the steps before it have not failed`,
    hint: `remove the rule, or use it for a step that sees no rows: ${KINDS_WITHOUT_ROWS.join(', ')}`,
  })
}

/** Reports ids of steps that do not exist, or do not end before this one. */
function reportUnknownSteps(value: Json, path: Path, scope: Scope, context: CheckContext): void {
  for (const [at, id] of (Array.isArray(value) ? value : [value]).entries()) {
    const found = resolveReference(`${id}.result`, scope)
    if ('problem' in found) report(context, found.problem.code, Array.isArray(value) ? [...path, at] : path, found.problem)
  }
}

/** The row expressions in settings below `path`, by their path. */
function expressionsBelow(kind: StepKind, settings: JsonObject, path: Path): Map<string, ExpressionUse> {
  return new Map((kind.expressions?.(settings) ?? []).map((use) => [pathText([...path, ...use.path]), use]))
}

function compileCondition(
  given: string | boolean | undefined,
  path: Path,
  scope: Scope,
  context: CheckContext,
): Pick<Step, 'condition' | 'condition_text'> {
  if (given === undefined || isOpaque(path, context)) return {}
  const text = String(given).trim()
  if (/^\{%[\s\S]*%\}$/.test(text)) return { condition: compileText(text, path, scope, context) as string, condition_text: text }
  const translated = translateCondition(String(given), scope)
  if ('source' in translated) return { condition: expression(translated.source), condition_text: text }
  for (const { code, offset, what, hint } of translated.problems) reportInText(context, code, path, offset, { what, hint })
  return {}
}

/** The condition with its expression, and what it reads, for messages. */
function compileConditionSetting(given: string | boolean, path: Path, scope: Scope, context: CheckContext): Json {
  const { condition, condition_text } = compileCondition(given, path, scope, context)
  if (condition === undefined || condition_text === undefined) return { condition: String(given), holds: false, values: {} }
  const names = [...new Set(referencesOf(condition_text).map(({ inner }) => inner.trim()))]
  const values = Object.fromEntries(names.map((name) => [name, compileText(`{{ ${name} }}`, path, scope, context)]))
  return { condition: condition_text, holds: condition, values }
}

/** The retry settings of a step, with those that `on_error` names in its own words. */
function ownRetry({ retry, on_error }: StepFields, path: Path, context: CheckContext): RetryFields | undefined {
  const { retry_count, retry_delay } = on_error ?? {}
  if (retry_count === undefined && retry_delay === undefined) return retry
  for (const [given, own] of [
    ['retry_count', 'max_attempts'],
    ['retry_delay', 'interval'],
  ] as const) {
    if (on_error?.[given] === undefined || retry?.[own] === undefined) continue
    report(context, 'invalid-value', [...path, 'on_error', given], {
      what: `\`${given}\` and \`retry.${own}\` say the same`,
      hint: 'remove one of them',
    })
  }
  return {
    ...retry,
    ...(retry_count === undefined ? {} : { max_attempts: retry_count }),
    ...(retry_delay === undefined ? {} : { interval: retry_delay }),
  }
}

function compileLoop(given: LoopFields, path: Path, scope: Scope, context: CheckContext): Loop {
  const place = [...path, 'foreach']
  const name = [...path, 'as']
  if (given.as !== 'item' && RESERVED_NAMES.includes(given.as)) {
    report(context, 'reserved-name', name, {
      what: `\`${given.as}\` is a reserved name in {{ }}`,
      hint: 'choose another name for the item',
    })
  } else if (scope.steps.has(given.as)) {
    report(context, 'name-clash', name, {
      what: `\`${given.as}\` is also the name of a step, so {{ ${given.as} }} is ambiguous`,
      hint: 'choose another name for the item',
    })
  }
  const chunks = typeof given.foreach === 'string' && isChunks(given.foreach) ? chunksOf(place, scope, context) : undefined
  const sources = typeof given.foreach === 'string' ? (chunks ?? sourcesOf(given.foreach, scope)) : undefined
  const inOrder = given.parallel ? undefined : given.max_iterations
  const most = inOrder ?? given.max_items
  if (Array.isArray(given.foreach) && most > 0 && given.foreach.length > most) {
    const limit = inOrder === undefined ? 'max_items' : 'max_iterations'
    report(context, 'invalid-value', place, {
      what: `the list has ${given.foreach.length} items, but \`${limit}\` is ${most}`,
      hint: `increase \`${limit}\`, or shorten the list`,
    })
  }
  return {
    foreach: chunks === undefined ? compileValue(given.foreach, place, scope, NO_EXPRESSIONS, context) : expression(`$${chunks}.sources`),
    ...(sources === undefined ? {} : { sources_of: sources }),
    as: given.as,
    max_concurrency: given.max_concurrency ?? (given.parallel ? (given.max_iterations ?? 10) : 1),
    max_items: most,
  }
}

const isChunks = (text: string) => soleReference(partsOf(text))?.inner === FILE_CHUNKS

/** The scan step whose chunks a step reads: the only one before it. */
function chunksOf(place: Path, scope: Scope, context: CheckContext): string | undefined {
  const scans = [...(scope.before ?? [])].filter((id) => scope.steps.get(id)?.shape === 'scan')
  if (scans.length === 1 || scope.before === undefined) return scans[0] ?? ''
  report(context, 'invalid-value', place, {
    what: `\`file_chunks\` could be the chunks of ${scans.length === 0 ? 'nothing: no step before finds sources' : scans.join(' or of ')}`,
    hint: scans.length === 0 ? 'add a discover step' : `write {{ ${scans[0]}.result.sources }}`,
  })
  return ''
}

/** The scan step whose sources are the whole value of the text. */
function sourcesOf(text: string, scope: Scope): string | undefined {
  const [id = '', word, field, ...rest] = soleReference(partsOf(text))?.inner.split('.') ?? []
  return scope.steps.get(id)?.shape === 'scan' && word === 'result' && field === 'sources' && rest.length === 0 ? id : undefined
}

function loopScope(scope: Scope, loop: Loop | undefined): Scope {
  if (loop === undefined) return scope
  if (loop.sources_of === undefined) return { ...scope, item: loop.as }
  const why = `this loop runs over the chunks of the sources of \`${loop.sources_of}\`, which the step reads directly: remove the reference`
  return { ...scope, noItem: { name: loop.as, why } }
}

function compileOnError(given: OnErrorFields | undefined, kind: StepKind, entry: StepEntry, scope: Scope, context: CheckContext): OnError {
  const { max_bad_rows: most, max_lost_values: values, too_many_bad_rows: above, rows } = given ?? {}
  return {
    continue_on_error: given?.continue_on_error ?? false,
    ...(rows === 'fail' ? { max_bad_rows: 0 } : most === undefined ? {} : { max_bad_rows: toShare(most) }),
    ...(above === 'fail' || rows === 'fail' ? { too_many_bad_rows: 'fail' as const } : {}),
    ...(values === undefined ? {} : { max_lost_values: toShare(values) }),
    fallback: (given?.fallback ?? []).map((over, at) => compileFallback(over as JsonObject, at, kind, entry, scope, context)),
  }
}

/** A fallback is complete settings: its own merged over those of the step, checked like them. */
function compileFallback(
  over: JsonObject,
  at: number,
  kind: StepKind,
  { path, settings: own }: StepEntry,
  scope: Scope,
  context: CheckContext,
): JsonObject {
  const place = [...path, 'on_error', 'fallback', at]
  const settings = checkSettings(kind, { ...own, ...over }, place, context)
  if (settings === undefined) return {}
  // problems in the step's own settings are reported at their own place
  return compileSettings(kind, settings, (key) => (Object.hasOwn(over, key) ? place : [...path, 'with']), scope, context)
}
