/** The pages people read, and what stands in them. */
import { filesBelow, textOf } from './sources.ts'

/** Every page, by its path from the root. */
export const PAGES: readonly string[] = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...filesBelow('docs', '.md'),
  ...filesBelow('examples', '.md'),
]

export interface Block {
  readonly page: string
  readonly line: number
  readonly language: string
  /** Without the indentation of the block. */
  readonly text: string
  /** The heading it stands under. */
  readonly heading: string
}

/** The fenced blocks of a page. */
export function blocksOf(page: string): Block[] {
  const whole = textOf(page)
  return [...whole.matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1```$/gm)].map(({ 1: indent = '', 2: language = '', 3: text = '', index }) => {
    const above = whole.slice(0, index)
    const heading = [...above.matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? ''
    return { page, line: above.split('\n').length, language, text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''), heading }
  })
}

/** A page without its fenced blocks. */
const proseOf = (page: string) => textOf(page).replace(/^( *)```[\s\S]*?^\1```$/gm, '')

/** What stands in backticks in the prose of a page. */
export const codeIn = (page: string) => [...proseOf(page).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)

/** The targets of the links of a page. */
export const linksIn = (page: string) => [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)

/** The anchors of a page's headings, as GitHub makes them. */
export const anchorsOf = (page: string) =>
  [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

/** The blocks of TypeScript of a guide with the files they are of: the last one the text names before each. */
export function codeOf(page: string): { readonly path: string; readonly code: string }[] {
  const lines = textOf(page).split('\n')
  return blocksOf(page)
    .filter(({ language }) => language === 'ts')
    .map(({ text: code, line }) => {
      const named = [
        ...lines
          .slice(0, line)
          .join('\n')
          .matchAll(/`(lib\/[\w./-]+\.ts)`/g),
      ]
      return { path: named.at(-1)?.[1] ?? '', code }
    })
}

/** Guides that add something which the library does not have; test/house/guides.test.ts adds it to a copy and runs it. */
export const GUIDES = [
  'docs/add-a-step.md',
  'docs/add-a-rule.md',
  'docs/add-a-connector.md',
  'docs/add-a-format.md',
  'docs/add-a-dialect.md',
]
