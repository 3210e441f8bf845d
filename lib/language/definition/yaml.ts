/** Converts YAML text to plain JSON, with the place of every key and value: YAML 1.2 core, one document, no guessing. */
import { type Document, type ParsedNode, parseAllDocuments } from 'yaml'
import type { Json } from '#core/json.ts'
import { liftPhrases, withPhrases } from './lift-phrases.ts'
import { type ParseContext, report, startParse } from './parse-context.ts'
import { toTree } from './tree.ts'
import { reportSyntax } from './yaml-syntax.ts'

const MAX_BYTES = 1_000_000

/**
 * Reads one YAML document. `tree` is undefined if the text cannot be read, and the problems show why. Problems that leave the rest
 * readable, such as a duplicate key, come with a tree.
 */
export function readYaml(given: string, file: string): { readonly context: ParseContext; readonly tree: Json | undefined } {
  const text = given.startsWith('\uFEFF') ? given.slice(1) : given
  const context = startParse(text, file)
  const unreadable = { context, tree: undefined }
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_BYTES) {
    report(context, 'file-too-large', [], {
      what: `the file has ${bytes} bytes`,
      hint: `a definition can have at most ${MAX_BYTES} bytes; move data to files that a discover step reads`,
    })
    return unreadable
  }
  if (text.includes('\u0000')) {
    report(context, 'not-text', [], { what: 'the file is not text', hint: 'use a YAML file in UTF-8' }, { offset: text.indexOf('\u0000') })
    return unreadable
  }
  const documents = parsed(liftPhrases(text))
  if (documents === undefined) {
    report(context, 'yaml-syntax', [], { what: 'brackets are nested thousands of levels deep', hint: 'reduce the nesting' })
    return unreadable
  }
  const [first, second] = documents
  if (reportSyntax(context, documents)) return unreadable
  if (second !== undefined && !isNothing(second)) {
    report(
      context,
      'several-documents',
      [],
      { what: 'a second document starts here', hint: 'only a definition can have several pipelines, one in each document' },
      { offset: text.lastIndexOf('---', second.range[0]) >= 0 ? text.lastIndexOf('---', second.range[0]) : second.range[0] },
    )
    return unreadable
  }
  if (first === undefined || isNothing(first)) {
    report(context, 'empty-file', [], {
      what: 'the file is empty',
      hint: 'a definition starts with `version: 1`, an `id` and a list of `steps`',
    })
    return unreadable
  }
  if (first.directives.yaml.explicit === true) {
    report(
      context,
      'yaml-syntax',
      [],
      { what: '`%YAML` directives are not supported', hint: 'remove it: definitions are YAML 1.2' },
      { offset: text.indexOf('%YAML') },
    )
    return unreadable
  }
  const tree = toTree(first, context)
  return { context, tree: tree === undefined ? undefined : withPhrases(tree, text) }
}

/** Undefined if the text is nested so deep that the parser runs out of stack. */
function parsed(text: string): Document.Parsed<ParsedNode>[] | undefined {
  try {
    const documents = parseAllDocuments(text, { prettyErrors: false, uniqueKeys: false, version: '1.2', schema: 'core' })
    return Array.isArray(documents) ? (documents as Document.Parsed<ParsedNode>[]) : []
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const isNothing = (document: Document.Parsed<ParsedNode>) =>
  document.contents === null || document.contents.range[0] === document.contents.range[1]
