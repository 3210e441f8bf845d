/** Settings with references in them, as the machine evaluates them: literal JSON, and `{% … %}` where something is read at run time. */
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
import { parseCause, type Reference, referencesOf, soleReference } from './template.ts'

/** Reports a problem at a character of the text at a path, as it is written in the file. */
export function reportInText(checking: CheckContext, code: ProblemCode, path: Path, offset: number, text: ProblemText): void {
  const segments = checking.substituted.segments.get(pathText(path))
  const original = segments === undefined ? offset : originalOffset(segments, offset)
  report(checking.reading, code, path, text, { offset: sourceOffset(checking.reading, path, original) })
}

/** Reports a reference or an expression in a value that is needed before anything is read; in a machine it would be evaluated. */
export function checkPlain(value: Json, path: Path, subject: string, checking: CheckContext): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, entry] of Object.entries(value)) checkPlain(entry, [...path, key], subject, checking)
  }
  if (typeof value !== 'string') return
  checkNotEvaluated(value, path, subject, checking)
  const [reference] = referencesOf(value)
  if (reference === undefined) return
  const what = `${subject} cannot hold a \`{{ … }}\`, which has a value only in a run`
  reportInText(checking, 'reference-out-of-place', path, reference.start, {
    what,
    hint: 'write `${…}` for a config value, or the value itself',
  })
}

/** Reports a text that as a whole is `{% … %}` where no expression is evaluated. */
export function checkNotEvaluated(text: string, path: Path, subject: string, checking: CheckContext): void {
  if (expressionSource(text) === undefined) return
  reportInText(checking, 'reference-out-of-place', path, 0, {
    what: `${subject} cannot be a \`{% … %}\`, which has a value only in a run`,
    hint: 'write the text itself',
  })
}

/** Whether a place stands for a secret, or for a value that is not known: then its text is not the author's. */
export const isOpaque = (path: Path, { substituted }: CheckContext) =>
  substituted.unknown.has(pathText(path)) || substituted.secrets.has(pathText(path))

/** Compiles every text below `path`; places in `expressions` (by their path's text) hold row expressions. */
export function compileValue(
  value: Json,
  path: Path,
  scope: Scope,
  expressions: ReadonlyMap<string, ExpressionUse>,
  checking: CheckContext,
): Json {
  if (typeof value === 'string') {
    const use = expressions.get(pathText(path))
    return use === undefined ? compileText(value, path, scope, checking) : compileRowExpression(use, value, path, scope, checking)
  }
  if (Array.isArray(value)) return value.map((item, at) => compileValue(item, [...path, at], scope, expressions, checking))
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value as JsonObject).filter(([, entry]) => entry !== undefined)
  return Object.fromEntries(entries.map(([key, entry]) => [key, compileEntry(key, entry)]))

  function compileEntry(key: string, entry: Json): Json {
    if (/\{\{|\{%/.test(key)) {
      report(
        checking.reading,
        'reference-in-key',
        [...path, key],
        { what: `\`${key}\` is a key, and keys are not replaced`, hint: 'write the name itself' },
        { at: 'key' },
      )
    }
    return compileValue(entry, [...path, key], scope, expressions, checking)
  }
}

/** A text with references: the value itself when a reference is all there is, else the parts joined as text. */
export function compileText(text: string, path: Path, scope: Scope, checking: CheckContext): Json {
  if (/^\s*\{%[\s\S]*%\}\s*$/.test(text)) return compileAuthored(text, path, scope, checking)
  if (text.includes('{%') && text.includes('%}')) {
    reportInText(checking, 'invalid-reference', path, text.indexOf('{%'), {
      what: '`{% … %}` stands within a text',
      hint: "make it the whole value and join the parts in JSONata: {% 'a/' & $inputs.x %}",
    })
    return text
  }
  const parts = parseCause(text)
  const sole = soleReference(parts)
  if (sole !== undefined) return readWhole(resolveAt(sole, path, scope, checking))
  if (!parts.some((part) => 'inner' in part)) return text
  const sources = parts.map((part) => ('text' in part ? jsonataText(part.text) : readAsText(part, path, scope, checking)))
  return expression(sources.join(' & '))
}

function compileAuthored(text: string, path: Path, scope: Scope, checking: CheckContext): Json {
  const known = {
    inputs: scope.complete.inputs ? [...scope.inputs.keys()] : undefined,
    steps: scope.complete.steps && scope.before !== undefined ? [...scope.before] : undefined,
  }
  for (const { code, what, hint } of checkAuthored(text, known)) report(checking.reading, code, path, { what, hint })
  return text.trim()
}

/** Undefined when the reference cannot be resolved; then it has been reported, or is the consequence of what has. */
function resolveAt(reference: Reference, path: Path, scope: Scope, checking: CheckContext): Resolved | undefined {
  if (!reference.closed) {
    reportInText(checking, 'invalid-reference', path, reference.start, {
      what: '`{{` is not closed',
      hint: 'write {{ name }}; if the characters `{{` are meant, write "{% \'{{\' %}"',
    })
    return undefined
  }
  const found = resolveReference(reference.inner, scope)
  if ('ok' in found) return found.ok
  if ('problem' in found) reportInText(checking, found.problem.code, path, reference.start, found.problem)
  return undefined
}

/** A read as a whole value. Step Functions fails on a value that is not there, so such reads give null. */
function readWhole(resolved: Resolved | undefined): Json {
  if (resolved === undefined) return null
  if (resolved.constant !== undefined) return resolved.constant
  return expression(resolved.absent ? `$exists(${resolved.read}) ? ${resolved.read} : null` : resolved.read)
}

function readAsText(reference: Reference, path: Path, scope: Scope, checking: CheckContext): string {
  const resolved = resolveAt(reference, path, scope, checking)
  if (resolved === undefined) return "''"
  const { read, absent, constant, input } = resolved
  if (constant !== undefined) return jsonataText(String(constant))
  if (input !== undefined && !input.required && (input.default === undefined || input.default === null)) {
    reportInText(checking, 'optional-in-text', path, reference.start, {
      what: `\`${reference.inner}\` may be absent, and a text with it would read "null"`,
      hint: 'give the input a default or `required: true`',
    })
  }
  return absent ? `$string($exists(${read}) ? ${read} : null)` : `$string(${read})`
}

/** A sentence as problems are worded: no capital unless it is a word in capitals, no full stop. */
const asPhrase = (sentence: string) => sentence.replace(/^[A-Z](?=[a-z' ])/, (letter) => letter.toLowerCase()).replace(/\.$/, '')

/** Parses a row expression and puts its faults at their characters; the text stays as it is, its parameters are compiled. */
function compileRowExpression(use: ExpressionUse, text: string, path: Path, scope: Scope, checking: CheckContext): Json {
  if (isOpaque(path, checking)) return text
  const parsed = parse(text, { aggregates: use.mode !== 'row', windows: use.mode === 'window' })
  if (!parsed.ok) {
    for (const { offset, what, hint } of parsed.problems)
      reportInText(checking, 'invalid-expression', path, offset, { what: asPhrase(what), hint: asPhrase(hint) })
    return text
  }
  // which columns there are is known when the data is; that types do not go together can often be told without it
  const columns = new Map(columnsOf(parsed.expression).map((name) => [name, 'unknown' as const]))
  const { condition = false, grouped } = use
  const problems = check(parsed.expression, columns, { condition, ...(grouped === undefined ? {} : { grouped }) })
  for (const { offset, what, hint } of problems)
    reportInText(checking, 'invalid-expression', path, offset, { what: asPhrase(what), hint: asPhrase(hint) })
  const references = referencesOf(text)
  const parameters = Object.fromEntries(
    parametersOf(parsed.expression).map((name) => {
      const inner = name.trim()
      const start = references.find((reference) => reference.inner === inner)?.start ?? 0
      return [inner, readWhole(resolveAt({ inner, start, closed: true }, path, scope, checking))]
    }),
  )
  return { expression: text, parameters }
}
