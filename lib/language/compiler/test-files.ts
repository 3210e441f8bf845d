/** The files that tests name: read when tests are checked or run, and no part of the pipeline. */
import { assetsFrom, type AssetReader } from '#language/definition/asset-reader.ts'
import { refusedFile } from '#language/definition/assets.ts'
import { type Problem, sortProblems } from '#language/definition/problem.ts'
import type { TestTable } from '#language/definition/tests-schema.ts'
import type { Compiled } from './compile.ts'

export interface TestFiles {
  /** The bytes, by the path as it is written. */
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly problems: readonly Problem[]
}

/** Reads the files of all tests; `file` is the name of the definition. */
export function testFiles({ definition, map }: Compiled, readAsset: AssetReader | undefined, file: string): TestFiles {
  const assets = assetsFrom(readAsset)
  const problems: Problem[] = []
  const report = (code: Problem['code'], path: string, text: Pick<Problem, 'what' | 'hint'>) =>
    problems.push({ code, level: 'error', file, ...map.at(path), path: map.written(path), ...text })
  /** Whether the table has rows that can be read. */
  const read = (table: TestTable | undefined, path: string): boolean => {
    if (table === undefined || typeof table !== 'object' || !('file' in table)) return true
    const found = assets.read(table.file)
    if (!('refused' in found)) return true
    const text = refusedFile(table.file, found.refused)
    const hint = found.refused === 'outside' ? 'move the file into that folder, or a folder below it' : text.hint
    report('asset-file', `${path}.file`, { ...text, hint })
    return false
  }
  for (const [at, { given, expect }] of (definition.tests ?? []).entries()) {
    for (const { name, table } of given) read(table, `tests.${at}.given.${name}`)
    const isRead = read(expect.rows, `tests.${at}.expect.rows`)
    if (isRead && typeof expect.rows === 'object' && 'file' in expect.rows && !/\.csv$/i.test(expect.rows.file))
      report('invalid-test', `tests.${at}.expect.rows.file`, {
        what: `expected rows are read from a CSV file, and \`${expect.rows.file}\` has another name`,
        hint: 'save them as CSV, with a name that ends in .csv',
      })
  }
  const files = new Map([...assets.found].map(([path, { content }]) => [path, content] as const))
  return { files, problems: sortProblems(problems) }
}
