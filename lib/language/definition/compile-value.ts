/** Compiles settings with references for the machine: literal JSON, and `{% … %}` where a value is read at run time. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is part of the language

import { check } from '#relational/expression/check.ts'
import { columnsOf, parametersOf } from '#relational/expression/columns.ts'
import { parse } from '#relational/expression/parse.ts'
import type { Json, JsonObject } from '#core/json.ts'
import { expressionSource } from '#asl/machine/expression.ts'
import type { ExpressionUse } from '#steps/kind/expression-use.ts'
import type { CheckContext } from './check-shape.ts'
import { originalOffset } from './interpolation.ts'
import { expression, jsonataText } from '#asl/machine/literal.ts'
import { checkAuthored } from './jsonata.ts'
import type { ProblemText } from './problem.ts'
import type { ProblemCode } from './problems.ts'
import { type Path, pathText, report } from './parse-context.ts'
import { sourceOffset } from './scalar-offset.ts'
import { type Resolved, resolveReference, type Scope } from './scope.ts'
import { partsOf, type Reference, referencesOf, soleReference } from './template.ts'

/** Reports a problem at a character of the text at a path, as written in the file. */
export function reportInText(
  context: CheckContext,
  code: ProblemCode,
  path: Path,
  offset: number,
  text: ProblemText,
  level: 'error' | 'warning' = 'error',
): void {
  const segments = context.substituted.segments.get(pathText(path))
  const original = segments === undefined ? offset : originalOffset(segments, offset)
  report(context, code, path, text, { offset: sourceOffset(context, path, original), level })
}

/** Reports a reference or an expression in a value that must be known before the run; the machine would evaluate it. */
export function checkPlain(value: Json, path: Path, subject: string, context: CheckContext): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, entry] of Object.entries(value)) checkPlain(entry, [...path, key], subject, context)
  }
  if (typeof value !== 'string') return
  checkNotEvaluated(value, path, subject, context)
  const [reference] = referencesOf(value)
  if (reference === undefined) return
  const what = `${subject} cannot contain a \`{{ … }}\`, which has a value only in a run`
  reportInText(context, 'reference-out-of-place', path, reference.start, {
    what,
    hint: 'use `${…}` for a config value, or the value itself',
  })
}

/** Reports a text that is one `{% … %}` where no expression is evaluated. */
export function checkNotEvaluated(text: string, path: Path, subject: string, context: CheckContext): void {
  if (expressionSource(text) === undefined) return
  reportInText(context, 'reference-out-of-place', path, 0, {
    what: `${subject} cannot be a \`{% … %}\`, which has a value only in a run`,
    hint: 'use plain text',
  })
}

/** Whether a place holds a secret or an unknown value: its text is then not the author's. */
export const isOpaque = (path: Path, { substituted }: CheckContext) =>
  substituted.unknown.has(pathText(path)) || substituted.secrets.has(pathText(path))

/** Compiles every text below `path`. `expressions` holds the paths of row expressions. */
export function compileValue(
  value: Json,
  path: Path,
  scope: Scope,
  expressions: ReadonlyMap<string, ExpressionUse>,
  context: CheckContext,
): Json {
  if (typeof value === 'string') {
    const use = expressions.get(pathText(path))
    return use === undefined ? compileText(value, path, scope, context) : compileRowExpression(use, value, path, scope, context)
  }
  if (Array.isArray(value)) return value.map((item, at) => compileValue(item, [...path, at], scope, expressions, context))
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value as JsonObject).filter(([, entry]) => entry !== undefined)
  return Object.fromEntries(entries.map(([key, entry]) => [key, compileEntry(key, entry)]))

  function compileEntry(key: string, entry: Json): Json {
    if (/\{\{|\{%/.test(key)) {
      report(
        context,
        'reference-in-key',
        [...path, key],
        { what: `references are not replaced in keys: \`${key}\``, hint: 'use the name itself' },
        { at: 'key' },
      )
    }
    return compileValue(entry, [...path, key], scope, expressions, context)
  }
}

/** Compiles a text with references: to the value itself if it is one reference, else to the parts joined as text. */
export function compileText(text: string, path: Path, scope: Scope, context: CheckContext): Json {
  if (/^\s*\{%[\s\S]*%\}\s*$/.test(text)) return compileAuthored(text, path, scope, context)
  if (text.includes('{%') && text.includes('%}')) {
    reportInText(context, 'invalid-reference', path, text.indexOf('{%'), {
      what: '`{% … %}` must be the whole value',
      hint: "make it the whole value and join the parts in JSONata: {% 'a/' & $inputs.x %}",
    })
    return text
  }
  const parts = partsOf(text)
  const sole = soleReference(parts)
  if (sole !== undefined) return readWhole(resolveAt(sole, path, scope, context))
  if (!parts.some((part) => 'inner' in part)) return text
  const sources = parts.map((part) => ('text' in part ? jsonataText(part.text) : readAsText(part, path, scope, context)))
  return expression(sources.join(' & '))
}

function compileAuthored(text: string, path: Path, scope: Scope, context: CheckContext): Json {
  const known = {
    inputs: scope.complete.inputs ? [...scope.inputs.keys()] : undefined,
    steps: scope.complete.steps && scope.before !== undefined ? [...scope.before] : undefined,
  }
  for (const { code, what, hint } of checkAuthored(text, known)) report(context, code, path, { what, hint })
  return text.trim()
}

/** Undefined if the reference cannot be resolved; it has been reported, or follows from a reported problem. */
function resolveAt(reference: Reference, path: Path, scope: Scope, context: CheckContext): Resolved | undefined {
  if (!reference.closed) {
    reportInText(context, 'invalid-reference', path, reference.start, {
      what: '`{{` is not closed',
      hint: 'write {{ name }}, or "{% \'{{\' %}" for a literal `{{`',
    })
    return undefined
  }
  const found = resolveReference(reference.inner, scope)
  if ('ok' in found) return found.ok
  if ('problem' in found) reportInText(context, found.problem.code, path, reference.start, found.problem)
  return undefined
}

/** Reads a whole value. Step Functions fails on a missing value, so such reads give null. */
function readWhole(resolved: Resolved | undefined): Json {
  if (resolved === undefined) return null
  if (resolved.constant !== undefined) return resolved.constant
  return expression(resolved.absent ? `$exists(${resolved.read}) ? ${resolved.read} : null` : resolved.read)
}

function readAsText(reference: Reference, path: Path, scope: Scope, context: CheckContext): string {
  const resolved = resolveAt(reference, path, scope, context)
  if (resolved === undefined) return "''"
  const { read, absent, constant, input } = resolved
  if (constant !== undefined) return jsonataText(String(constant))
  if (input !== undefined && !input.required && (input.default === undefined || input.default === null)) {
    reportInText(context, 'optional-in-text', path, reference.start, {
      what: `\`${reference.inner}\` can be null, and the text would then contain "null"`,
      hint: 'set a default or `required: true` for the input',
    })
  }
  return absent ? `$string($exists(${read}) ? ${read} : null)` : `$string(${read})`
}

/** Formats a sentence like a problem: no capital at the start, unless the word is in capitals, and no full stop. */
const asPhrase = (sentence: string) => sentence.replace(/^[A-Z](?=[a-z' ])/, (letter) => letter.toLowerCase()).replace(/\.$/, '')

/** Parses a row expression and reports its problems at their characters. The text stays unchanged; its parameters are compiled. */
function compileRowExpression(use: ExpressionUse, text: string, path: Path, scope: Scope, context: CheckContext): Json {
  if (isOpaque(path, context)) return text
  const parsed = parse(text, { aggregates: use.mode !== 'row', windows: use.mode === 'window' })
  if (!parsed.ok) {
    for (const { offset, what, hint } of parsed.problems)
      reportInText(context, 'invalid-expression', path, offset, { what: asPhrase(what), hint: asPhrase(hint) })
    return text
  }
  // columns are known only at run time; types that do not fit each other are often known before
  const columns = new Map(columnsOf(parsed.expression).map((name) => [name, 'unknown' as const]))
  const { condition = false, grouped } = use
  const problems = check(parsed.expression, columns, { condition, ...(grouped === undefined ? {} : { grouped }) })
  for (const { offset, what, hint } of problems)
    reportInText(context, 'invalid-expression', path, offset, { what: asPhrase(what), hint: asPhrase(hint) })
  const references = referencesOf(text)
  const parameters = Object.fromEntries(
    parametersOf(parsed.expression).map((name) => {
      const inner = name.trim()
      const start = references.find((reference) => reference.inner === inner)?.start ?? 0
      return [inner, readWhole(resolveAt({ inner, start, closed: true }, path, scope, context))]
    }),
  )
  return { expression: text, parameters }
}
