/** Writes a definition in the canonical form: what a dialect is read as. */
import { type Document, isPair, parseDocument, stringify, visit } from 'yaml'
import type { Json } from '#core/json.ts'
import { isMapping } from '../build-values.ts'
import type { ConfigOptions } from '../config.ts'
import { liftPhrases } from '../lift-phrases.ts'
import { readYaml } from '../yaml.ts'
import { dialectOf } from './index.ts'
import { readLock } from './lock-file.ts'
import { canonicalForm } from './normalise.ts'
import { treeWithSteps } from '../shorthands/spellings.ts'

export interface CanonicalText {
  readonly text: string
  /** Whether the file has comments, which the canonical text does not keep. */
  readonly comments: boolean
}

/** The canonical text of a definition that could be read. `${…}` stays as written; aliases become the values they refer to. */
export function canonicalText(text: string, options: ConfigOptions & { readonly file: string }): CanonicalText {
  const { tree = null } = readYaml(text, options.file)
  return { text: stringify(inCanonicalForm(tree, options), { lineWidth: 0 }), comments: hasComments(parseDocument(liftPhrases(text))) }
}

function inCanonicalForm(tree: Json, options: ConfigOptions & { readonly file: string }): Json {
  if (!isMapping(tree)) return tree
  const named = treeWithSteps(tree)
  const dialect = dialectOf(named)
  return dialect === undefined ? named : canonicalForm(dialect, named, readLock(dialect, options, []))
}

function hasComments(document: Document): boolean {
  let found = [document.comment, document.commentBefore].some((comment) => comment != null)
  visit(document, (_, node) => {
    if (node === null || typeof node !== 'object' || isPair(node)) return undefined
    const { comment, commentBefore } = node as { comment?: string | null; commentBefore?: string | null }
    if (comment == null && commentBefore == null) return undefined
    found = true
    return visit.BREAK
  })
  return found
}
