/** YAML text to plain JSON, with the place of every key and value: YAML 1.2 core, one document, nothing guessed. */
import { type Document, type ParsedNode, parseAllDocuments } from 'yaml'
import type { Json } from '#core/json.ts'
import { type ParseContext, report, startParse } from './parse-context.ts'
import { toTree } from './tree.ts'
import { reportSyntax } from './yaml-syntax.ts'

const MAX_BYTES = 1_000_000

/**
 * Reads one YAML document. `tree` is undefined when the text cannot be read as one; the problems then say why.
 * Problems that leave the rest readable (a duplicate key, say) come with a tree.
 */
export function readYaml(given: string, file: string): { readonly reading: ParseContext; readonly tree: Json | undefined } {
  const text = given.startsWith('\uFEFF') ? given.slice(1) : given
  const reading = startParse(text, file)
  const unreadable = { reading, tree: undefined }
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_BYTES) {
    report(reading, 'file-too-large', [], {
      what: `the file has ${bytes} bytes`,
      hint: `a definition may have ${MAX_BYTES} bytes at most; data belongs into files that a discover step reads`,
    })
    return unreadable
  }
  if (text.includes('\u0000')) {
    report(
      reading,
      'not-text',
      [],
      { what: 'the file is not text', hint: 'give a YAML file, in UTF-8' },
      { offset: text.indexOf('\u0000') },
    )
    return unreadable
  }
  const documents = parsed(text)
  if (documents === undefined) {
    report(reading, 'yaml-syntax', [], { what: 'brackets are nested thousands deep', hint: 'write the values flatter' })
    return unreadable
  }
  const [first, second] = documents
  if (reportSyntax(reading, documents)) return unreadable
  if (second !== undefined && !isNothing(second)) {
    report(
      reading,
      'several-documents',
      [],
      { what: 'a second document starts here', hint: 'one file holds one pipeline: move what follows the `---` to a file of its own' },
      { offset: text.lastIndexOf('---', second.range[0]) >= 0 ? text.lastIndexOf('---', second.range[0]) : second.range[0] },
    )
    return unreadable
  }
  if (first === undefined || isNothing(first)) {
    report(reading, 'empty-file', [], {
      what: 'the file holds nothing',
      hint: 'a definition starts with `version: 1`, an `id` and a list of `steps`',
    })
    return unreadable
  }
  if (first.directives.yaml.explicit === true) {
    report(
      reading,
      'yaml-syntax',
      [],
      { what: 'a `%YAML` directive is not accepted', hint: 'remove it: definitions are YAML 1.2' },
      { offset: text.indexOf('%YAML') },
    )
    return unreadable
  }
  return { reading, tree: toTree(first, reading) }
}

/** Undefined when the text is nested so deep that the parser runs out of stack. */
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
