import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { GENERATED_FILES } from '../scripts/generated-files.ts'

describe('generated files', () => {
  it.each(GENERATED_FILES)('$path is fresh (else: npm run generate)', ({ path, text }) => {
    expect(readFileSync(resolve(import.meta.dirname, '..', path), 'utf8')).toBe(text())
  })
})
