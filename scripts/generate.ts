/** Writes every file that is made from the code; with --check only names those that are not as they should be, and fails. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { GENERATED_FILES, GENERATED_FOLDERS } from './generated-files.ts'

const root = resolve(import.meta.dirname, '..')
const onlyCheck = process.argv.includes('--check')
const found: string[] = []

for (const { path, text } of GENERATED_FILES) {
  const file = resolve(root, path)
  const wanted = text()
  if (existsSync(file) && readFileSync(file, 'utf8') === wanted) continue
  found.push(`${path} ${onlyCheck ? 'is stale' : 'written'}`)
  if (onlyCheck) continue
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, wanted)
}

const known = new Set(GENERATED_FILES.map(({ path }) => path))
for (const folder of GENERATED_FOLDERS) {
  if (!existsSync(resolve(root, folder))) continue
  for (const entry of readdirSync(resolve(root, folder), { recursive: true, withFileTypes: true })) {
    const path = `${entry.parentPath}/${entry.name}`.slice(root.length + 1)
    if (!entry.isFile() || known.has(path)) continue
    found.push(`${path} ${onlyCheck ? 'is made from nothing' : 'removed'}`)
    if (!onlyCheck) rmSync(resolve(root, path))
  }
}

for (const line of found) console.log(line)
if (onlyCheck && found.length > 0) {
  console.log('run npm run generate')
  process.exitCode = 1
}
