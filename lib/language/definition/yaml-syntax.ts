/** Explains errors of YAML syntax to readers who are new to YAML. */
import { type Document, isCollection, isScalar, type Node, visit, type YAMLError, type YAMLMap, type YAMLSeq } from 'yaml'
import type { ProblemText } from './problem.ts'
import type { ProblemCode } from './problems.ts'
import { positionOf, type ParseContext, report } from './parse-context.ts'

interface Diagnosis extends ProblemText {
  readonly code: ProblemCode
  readonly offset: number
}

/** Reports the first error, because the others usually follow from it. Returns whether there was one. */
export function reportSyntax(context: ParseContext, documents: readonly Document.Parsed[]): boolean {
  const errors = documents.flatMap((document) => document.errors.map((error) => ({ error, document })))
  const first = errors.sort((a, b) => a.error.pos[0] - b.error.pos[0])[0]
  if (first === undefined) return false
  const { code, offset, what, hint } = diagnose(context, first.error, first.document)
  report(context, code, [], { what, hint }, { offset })
  return true
}

function diagnose(context: ParseContext, error: YAMLError, document: Document.Parsed): Diagnosis {
  const offset = error.pos[0]
  const { line, column } = positionOf(context, offset)
  const text = lineText(context, line)
  const rest = text.slice(column - 1)
  const startsLine = text.slice(0, column - 1).trim() === ''
  const tab = text.search(/\S/) < 0 ? text.indexOf('\t') : text.slice(0, text.search(/\S/)).indexOf('\t')
  if (tab >= 0) return tabs(context, line, tab)
  const bare = /(?:^|[:,[-]\s+|\[)(\{\{|\{%)/.exec(text)
  if (bare !== null) {
    const at = bare.index + bare[0].length - 2
    return {
      code: 'unquoted-reference',
      offset: offsetOf(context, line, at),
      what: `\`${bare[1]} … ${bare[1] === '{{' ? '}}' : '%}'}\` is not in quotes, so YAML reads it as a mapping`,
      hint: 'put the whole value in quotes: "{{ … }}/rest"',
    }
  }
  const open = unclosed(context, document)
  if (open !== undefined && /closing|sufficiently indented/.test(error.message)) return open
  switch (error.code) {
    case 'BAD_SCALAR_START':
      return {
        code: 'yaml-quote',
        offset,
        what: `a value that starts with \`${rest[0]}\` must be in quotes`,
        hint: `write "${rest.trim()}" in quotes`,
      }
    case 'BAD_DQ_ESCAPE':
      return {
        code: 'yaml-quote',
        offset,
        what: `\`${rest.slice(0, 2)}\` is not a valid escape in double quotes`,
        hint: "use single quotes, where a backslash has no special meaning: '…', or double the backslash",
      }
    case 'BLOCK_IN_FLOW':
      return {
        code: 'yaml-bracket',
        offset,
        what: 'a comma is missing between two entries in brackets',
        hint: 'write {a: 1, b: 2} or [1, 2]',
      }
    case 'UNEXPECTED_TOKEN':
      if (startsLine) break
      return {
        code: 'yaml-quote',
        offset,
        what: `\`${rest.trim()}\` follows the end of the value`,
        hint: 'put the whole value in one pair of quotes; a quote within them is written twice ("" or \'\') or escaped',
      }
    case 'BLOCK_AS_IMPLICIT_KEY':
      if (!/:(\s|$)/.test(rest) || startsLine) break
      return {
        code: 'yaml-colon',
        offset,
        what: `the value \`${rest.trim()}\` contains a colon followed by a space, which YAML reads as a key`,
        hint: `put the value in quotes: "${rest.trim().replace(/"/g, '\\"')}"`,
      }
    case 'MULTILINE_IMPLICIT_KEY':
    case 'MISSING_CHAR':
      if (/:(\s|$)/.test(rest) || !startsLine || text.trim().startsWith('- ')) break
      return {
        code: 'yaml-colon',
        offset,
        what: `missing \`:\` after \`${rest.trim()}\``,
        hint: 'write `key: value`, with a space after the colon',
      }
  }
  if (/[iI]ndent|column|- indicator|compact mappings|implicit|node end|YAML stream/.test(error.message))
    return indentation(context, error, line)
  return { code: 'yaml-syntax', offset, what: `invalid YAML: ${error.message}`, hint: 'fix this line' }
}

function tabs(context: ParseContext, line: number, column: number): Diagnosis {
  const others = context.lines.flatMap((_, at) => (at + 1 !== line && /^ *\t[\t ]*\S/.test(lineText(context, at + 1)) ? [at + 1] : []))
  const more = others.length === 0 ? '' : `; so ${others.length === 1 ? 'is line' : 'are lines'} ${others.slice(0, 10).join(', ')}`
  return {
    code: 'yaml-tab',
    offset: offsetOf(context, line, column),
    what: `this line is indented with a tab${more}`,
    hint: 'indent with spaces: YAML does not allow tabs there',
  }
}

/** A scalar that is indented too far makes the parser fail at the line before; reports the line with the wrong indentation. */
function indentation(context: ParseContext, error: YAMLError, line: number): Diagnosis {
  const dash = [line - 1, line].find((at) => /^\s*-[A-Za-z_]\w*:/.test(lineText(context, at)))
  if (dash !== undefined) {
    const place = offsetOf(context, dash, depth(lineText(context, dash)))
    return { code: 'yaml-indentation', offset: place, what: 'missing space after the `-`', hint: 'write `- key: value`' }
  }
  const next = line + 1
  const deeper = depth(lineText(context, next)) > depth(lineText(context, line)) && error.code === 'BLOCK_AS_IMPLICIT_KEY'
  const at = deeper && !/sequence/.test(error.message) ? next : line
  return {
    code: 'yaml-indentation',
    offset: offsetOf(context, at, depth(lineText(context, at))),
    what: 'wrong indentation',
    hint: 'keys of one mapping, and the `-` of one list, start in the same column; nested values start further right',
  }
}

/** The quote or bracket that is opened and never closed. */
function unclosed(context: ParseContext, document: Document.Parsed): Diagnosis | undefined {
  let found: Node | undefined
  visit(document, (_key, node) => {
    if (isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE') && !endsLikeItStarts(context, node)) found = node
    if (isCollection(node) && found === undefined && hasBrackets(context, node) && !endsLikeItStarts(context, node)) found = node
  })
  const start = found?.range?.[0]
  if (start === undefined) return undefined
  const sign = context.text[start] ?? ''
  return isScalar(found)
    ? { code: 'yaml-quote', offset: start, what: `the quote \`${sign}\` opened here is never closed`, hint: `end the text with ${sign}` }
    : {
        code: 'yaml-bracket',
        offset: start,
        what: `the bracket \`${sign}\` opened here is not closed where it should be`,
        hint: `end it with \`${CLOSING[sign]}\``,
      }
}

const CLOSING: Record<string, string> = { '"': '"', "'": "'", '[': ']', '{': '}' }

/** A single pair in a list, as in `[a: 1]`, is a mapping without brackets of its own. */
const hasBrackets = (context: ParseContext, { flow, range }: YAMLMap | YAMLSeq) =>
  flow === true && /[[{]/.test(context.text[range?.[0] ?? -1] ?? '')

function endsLikeItStarts(context: ParseContext, node: Node): boolean {
  const [start, end] = node.range ?? [0, 0]
  return end - start > 1 && context.text[end - 1] === CLOSING[context.text[start] ?? '']
}

const lineText = (context: ParseContext, line: number) =>
  context.text.slice(context.lines[line - 1], context.lines[line]).replace(/\r?\n$/, '')
const offsetOf = (context: ParseContext, line: number, column: number) => (context.lines[line - 1] ?? 0) + column
const depth = (text: string) => Math.max(0, text.search(/\S/))
