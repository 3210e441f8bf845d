/** A step that fits the language and its kind, as the definition holds it: defaults in place, references compiled. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language
import type { Json, JsonObject } from '#core/json.ts'
import { toBytes, toSeconds } from '#steps/kind/fields.ts'
import type { StepKind } from '#steps/kind/step.ts'
import { toShare } from './atoms.ts'
import type { CheckContext } from './check-shape.ts'
import { checkPlain, compileText, compileValue, isOpaque, reportInText } from './compile-value.ts'
import { translateCondition } from './condition.ts'
import type { Loop, OnError, Step } from './definition.ts'
import { compileRetry } from './compile-retry.ts'
import { withConnections } from './connections.ts'
import { checkSettings, type StepEntry } from './entries.ts'
import { expression } from '#asl/machine/literal.ts'
import { type Path, pathText, report } from './parse-context.ts'
import { referencesIn } from './references.ts'
import type { LoopFields, OnErrorFields, Top } from './schema.ts'
import { RESERVED_NAMES, type Scope } from './scope.ts'
import { compileSecret } from './secrets.ts'
import { parseCause, soleReference } from './template.ts'
import type { ExpressionUse } from '#steps/kind/expression-use.ts'

/** How long a task may take when nobody says otherwise. */
const TIMEOUT_SECONDS = 15 * 60
/** A Lambda, which a task is on AWS, ends after this. Source: AWS Lambda quotas. */
const LAMBDA_SECONDS = 15 * 60

const NO_EXPRESSIONS: ReadonlyMap<string, ExpressionUse> = new Map()

/** Compiles a step; undefined when it could not be read, and so has problems already. */
export function compileStep(
  entry: StepEntry,
  depends_on: readonly string[],
  scope: Scope,
  defaults: Top['defaults'] | undefined,
  checking: CheckContext,
): Step | undefined {
  const { fields, kind, settings, path } = entry
  if (fields === undefined) {
    // the settings of a step that is otherwise wrong are still worth a look, unless they may speak of an item
    if (kind !== undefined && settings !== undefined && !entry.mayLoop)
      compileSettings(kind, settings, () => [...path, 'with'], scope, checking)
    return undefined
  }
  if (fields.name !== undefined) checkPlain(fields.name, [...path, 'name'], 'a title', checking)
  const once = fields.loop && { name: fields.loop.as, why: 'the condition is decided once, before the loop starts: remove the reference' }
  const condition = compileCondition(
    fields.condition,
    [...path, 'condition'],
    once === undefined ? scope : { ...scope, noItem: once },
    checking,
  )
  const loop = fields.loop && compileLoop(fields.loop, [...path, 'loop'], scope, checking)
  if (kind === undefined || settings === undefined) return undefined
  const inside = loopScope(scope, loop)
  const timeout = toSeconds(fields.timeout ?? defaults?.timeout ?? TIMEOUT_SECONDS)
  if (timeout > LAMBDA_SECONDS) {
    const place = fields.timeout === undefined ? ['defaults', 'timeout'] : [...path, 'timeout']
    report(
      checking.reading,
      'timeout-over-lambda',
      place,
      {
        what: `a task may take ${timeout} s, and on AWS it is stopped after ${LAMBDA_SECONDS} s`,
        hint: 'write 15m or less; smaller chunks make shorter tasks',
      },
      { level: 'warning' },
    )
  }
  const resources = { ...defaults?.resources, ...fields.resources }
  const compiled = compileSettings(kind, settings, () => [...path, 'with'], inside, checking)
  const on_error = compileOnError(fields.on_error, kind, entry, inside, checking)
  const read = (value: Json | undefined) => referencesIn(value, (name) => scope.steps.has(name))
  return {
    id: fields.id,
    name: fields.name ?? fields.id,
    type: kind.kind,
    with: compiled,
    depends_on,
    ...condition,
    ...(loop === undefined ? {} : { loop }),
    retry: compileRetry(defaults?.retry, fields.retry, path, checking),
    on_error,
    timeout,
    fuse: fields.fuse ?? true,
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

/** Settings compiled one by one, each with the path it is written under: a fallback has some of its own and some of its step. */
function compileSettings(
  kind: StepKind,
  settings: JsonObject,
  pathOf: (key: string) => Path,
  scope: Scope,
  checking: CheckContext,
): JsonObject {
  const compileSetting = ([key, value]: [string, Json]): [string, Json] => {
    const base = pathOf(key)
    const path = [...base, key]
    if (kind.secrets?.includes(key)) return [key, compileSecret(path, checking)]
    return [key, compileValue(value, path, scope, expressionsBelow(kind, settings, base), checking)]
  }
  const compiled = Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(compileSetting),
  )
  return withConnections(compiled, kind.addresses?.(settings) ?? [], pathOf, scope.connections, checking)
}

/** The row expressions of settings that stand below `path`, by their path. */
function expressionsBelow(kind: StepKind, settings: JsonObject, path: Path): Map<string, ExpressionUse> {
  return new Map((kind.expressions?.(settings) ?? []).map((use) => [pathText([...path, ...use.path]), use]))
}

function compileCondition(
  given: string | boolean | undefined,
  path: Path,
  scope: Scope,
  checking: CheckContext,
): Pick<Step, 'condition' | 'condition_text'> {
  if (given === undefined || isOpaque(path, checking)) return {}
  const text = String(given).trim()
  if (/^\{%[\s\S]*%\}$/.test(text)) return { condition: compileText(text, path, scope, checking) as string, condition_text: text }
  const translated = translateCondition(String(given), scope)
  if ('source' in translated) return { condition: expression(translated.source), condition_text: text }
  for (const { code, offset, what, hint } of translated.problems) reportInText(checking, code, path, offset, { what, hint })
  return {}
}

function compileLoop(given: LoopFields, path: Path, scope: Scope, checking: CheckContext): Loop {
  const place = [...path, 'foreach']
  const name = [...path, 'as']
  if (given.as !== 'item' && RESERVED_NAMES.includes(given.as)) {
    report(checking.reading, 'reserved-name', name, {
      what: `\`${given.as}\` has a meaning of its own in {{ }}`,
      hint: 'choose another name for the item',
    })
  } else if (scope.inputs.has(given.as) || scope.steps.has(given.as)) {
    const other = scope.inputs.has(given.as) ? 'an input' : 'a step'
    report(checking.reading, 'name-clash', name, {
      what: `\`${given.as}\` is ${other} as well, so {{ ${given.as} }} would have two meanings`,
      hint: 'choose another name for the item',
    })
  }
  const sources = typeof given.foreach === 'string' ? sourcesOf(given.foreach, scope) : undefined
  if (Array.isArray(given.foreach) && given.max_items > 0 && given.foreach.length > given.max_items) {
    report(checking.reading, 'invalid-value', place, {
      what: `the list has ${given.foreach.length} items, and \`max_items\` allows ${given.max_items}`,
      hint: 'make `max_items` larger, or the list shorter',
    })
  }
  return {
    foreach: compileValue(given.foreach, place, scope, NO_EXPRESSIONS, checking),
    ...(sources === undefined ? {} : { sources_of: sources }),
    as: given.as,
    max_concurrency: given.max_concurrency ?? (given.parallel ? 10 : 1),
    max_items: given.max_items,
  }
}

/** The scan step whose sources the text names as a whole. */
function sourcesOf(text: string, scope: Scope): string | undefined {
  const [id = '', word, field, ...rest] = soleReference(parseCause(text))?.inner.split('.') ?? []
  return scope.steps.get(id)?.shape === 'scan' && word === 'result' && field === 'sources' && rest.length === 0 ? id : undefined
}

function loopScope(scope: Scope, loop: Loop | undefined): Scope {
  if (loop === undefined) return scope
  if (loop.sources_of === undefined) return { ...scope, item: loop.as }
  const why = `this loop runs over the chunks of the sources of \`${loop.sources_of}\`, which the step reads by itself: remove the reference`
  return { ...scope, noItem: { name: loop.as, why } }
}

function compileOnError(given: OnErrorFields | undefined, kind: StepKind, entry: StepEntry, scope: Scope, checking: CheckContext): OnError {
  const share = given?.max_bad_rows
  return {
    continue_on_error: given?.continue_on_error ?? false,
    ...(share === undefined ? {} : { max_bad_rows: toShare(share) }),
    fallback: (given?.fallback ?? []).map((over, at) => compileFallback(over as JsonObject, at, kind, entry, scope, checking)),
  }
}

/** A fallback is complete settings: its own laid over those of the step, checked like them. */
function compileFallback(
  over: JsonObject,
  at: number,
  kind: StepKind,
  { path, settings: own }: StepEntry,
  scope: Scope,
  checking: CheckContext,
): JsonObject {
  const place = [...path, 'on_error', 'fallback', at]
  const settings = checkSettings(kind, { ...own, ...over }, place, checking)
  if (settings === undefined) return {}
  // what the step's own settings say stands there, and is reported there
  return compileSettings(kind, settings, (key) => (Object.hasOwn(over, key) ? place : [...path, 'with']), scope, checking)
}
