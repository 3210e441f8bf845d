/** White space around cells is the same to SQL and to this process, and none of it is dear to find. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cellOperation } from '#relational/cells/index.ts'
import { leftTrimmedSql, rightTrimmedSql, trimmedSql } from '#relational/types/white-space.ts'
import { trimmedText, WHITE_SPACE } from '#core/text/white-space.ts'
import { cellsRelation, type TestDatabase, testDatabase } from '../../kit/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

/** Characters beside the white ones that are none: joiners, marks of direction, controls, and neighbours by their code or their bytes. */
const OTHERS = [
  '\u0001',
  '\u001f',
  '\u0084',
  '\u00a1',
  '\u200c',
  '\u200d',
  '\u200e',
  '\u2010',
  '\u202e',
  '\u2061',
  '\u3001',
  '\u1681',
  '💶',
  'é',
  'x',
]
const CELLS = [...WHITE_SPACE, ...OTHERS].flatMap((mark) => [
  `x${mark}`,
  `${mark}x`,
  `${mark}`,
  ` ${mark}x`,
  `é${mark} `,
  `${mark}\u00a0x\t`,
  `a ${mark} b`,
])

describe('white space', () => {
  it('is what Unicode calls so, and three marks without width', () => {
    const codes = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code))
    const white = codes.filter((mark) => /^\p{White_Space}$/u.test(mark) || ['\u200b', '\u2060', '\ufeff'].includes(mark))
    expect([...WHITE_SPACE].sort()).toEqual(white.sort())
    expect(codes.filter((mark) => trimmedText(`${mark}x`) === 'x')).toEqual(white)
  })

  it('goes from both ends of a cell, and is counted where there was any', async () => {
    const { sql, changes } = cellOperation('trim')
    const rows = await database.session.rows(
      // with a mark before it, because a first byte order mark is lost on the way here
      `SELECT '|' || r0 AS cell, '|' || ${sql('r0', {}, 'text')} AS cut, '|' || ${trimmedSql('r0')} AS whole, '|' || ${leftTrimmedSql(rightTrimmedSql('r0'))} AS sides, ${changes?.('r0', {}, 'text')} AS changed FROM (${cellsRelation(CELLS)})`,
    )
    expect(rows).toHaveLength(CELLS.length)
    for (const [at, row] of rows.entries()) {
      const cell = CELLS[at] ?? ''
      const trimmed = `|${trimmedText(cell)}`
      expect(row, JSON.stringify(cell)).toEqual({
        cell: `|${cell}`,
        cut: trimmed,
        whole: trimmed,
        sides: trimmed,
        changed: trimmed !== `|${cell}`,
      })
    }
  })

  it('is looked for at the ends only, however much of it lies between them', () => {
    let looked = 0
    const between = `a${' '.repeat(500)}b`
    // a text that counts how often it is looked into
    const charCodeAt = (at: number) => {
      looked++
      return between.charCodeAt(at)
    }
    const counting = { length: between.length, charCodeAt } as unknown as string
    expect(trimmedText(counting)).toBe(counting)
    expect(looked).toBe(2)
  })
})
