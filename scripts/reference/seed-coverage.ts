/** The page that maps requirements to tests. A file or a title that no longer exists is an error, so the page cannot name a test that is gone. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { code, generatedFrom, page, table } from './markdown.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const LIST = 'scripts/reference/seed-coverage.txt'
const LINE = /^(?<id>\d{3}-\d{3}) (?:- (?<reason>.+)|(?<file>\S+) \|(?: (?<title>.+))?)$/

interface Requirement {
  readonly id: string
  /** Why there is no test. */
  readonly reason?: string | undefined
  /** Below `test`. */
  readonly file?: string | undefined
  /** The beginning of the title of a test in it. */
  readonly title?: string | undefined
}

/** The requirements in the order of their ids. Throws where a line, a file or a title is wrong. */
function requirements(): readonly Requirement[] {
  const lines = readFileSync(join(ROOT, LIST), 'utf8').split('\n')
  const given = lines.filter((line) => line !== '' && !line.startsWith('#'))
  const found = given.map((line): Requirement => {
    const { id = '', reason, file, title } = LINE.exec(line)?.groups ?? {}
    if (id === '') throw new Error(`${LIST}: a line is not "id file | title" or "id - reason": ${line}`)
    if (file !== undefined) assertTest(id, file, title)
    return { id, reason, file, title: title?.trim() }
  })
  return [...found].sort((a, b) => (a.id < b.id ? -1 : 1))
}

function assertTest(id: string, file: string, title = ''): void {
  const path = join(ROOT, 'test', `${file}.test.ts`)
  if (!existsSync(path)) throw new Error(`${LIST}: ${id} names test/${file}.test.ts, which does not exist`)
  const text = readFileSync(path, 'utf8')
  if (![title.trim(), title.trim().replaceAll("'", "\\'")].some((one) => text.includes(one)))
    throw new Error(`${LIST}: ${id} names a test that is not in test/${file}.test.ts: ${title}`)
}

export function coveragePage(): string {
  const all = requirements()
  const open = all.filter(({ reason }) => reason !== undefined)
  return page(
    '# Requirements and tests',
    generatedFrom(LIST),
    `Each core requirement of the five documents that describe siftstep, by its number, with the test that shows it. ${open.length} of ${all.length} have no test yet; the
reason is given. A title with \`%s\` or \`$\` is that of a table of cases.`,
    table(
      ['Requirement', 'Test', 'Title'],
      all.map(({ id, reason, file, title }) =>
        reason === undefined ? [id, code(`test/${file}.test.ts`), title ?? 'all of it'] : [id, 'not yet', reason],
      ),
    ),
  )
}
