import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ReadSettings } from '#io/formats/source.ts'
import { inspectFile, workplace } from './kit.ts'

const place = workplace()
afterAll(place.clear)

const WIDTHS = { format: 'fixed_width', widths: [4, 8, 6] }
const inspected = async (text: string | Uint8Array, settings: ReadSettings = WIDTHS) =>
  (await inspectFile(place.write(text, 'source.txt'), place.store, settings)).inspection
const textOf = async (text: string | Uint8Array, settings?: ReadSettings) =>
  readFileSync(join(place.folder, 'store', (await inspected(text, settings)).staged ?? ''), 'utf8')

describe('fixed-width text', () => {
  it('is cut into fields by characters, without the spaces that fill them up', async () => {
    expect(await textOf('0001Zoë       1.50\r\n0002Bob, "B"  2.00\r\n')).toBe('0001,Zoë,1.50\n0002,"Bob, ""B""",2.00\n')
    expect(await inspected('0001Zoë       1.50\n')).toMatchObject({ format: 'fixed_width', records: 1, bad: [] })
  })

  it('may lack the spaces at the end of a line', async () => {
    expect(await textOf('0001Zoë     1\n0002Bob     22   ')).toBe('0001,Zoë,1\n0002,Bob,22\n')
  })

  it('has a bad record for a line that is too short or too long, or no UTF-8', async () => {
    const { bad, records } = await inspected(
      Buffer.concat([Buffer.from('0001Zoë       1.50\n0002Bob\n0003Carl      2.00 more\n'), Buffer.from([0x30, 0xff, 0x0a])]),
      { ...WIDTHS, encoding: 'utf-8' },
    )
    expect(records).toBe(4)
    expect(bad.map(({ line, reason }) => [line, reason])).toEqual([
      [2, 'has 2 fields instead of 3'],
      [3, 'has 4 fields instead of 3'],
      [4, expect.any(String)],
    ])
  })

  it('has a header and lines to skip where settings say so', async () => {
    const text = 'a title\nid  name    amount\n0001Ann       1.50\n'
    expect(await inspected(text, { ...WIDTHS, skip_lines: 1, header: true })).toMatchObject({
      columns: ['id', 'name', 'amount'],
      records: 1,
    })
    expect(await inspected('0001Ann       1.50\n')).toMatchObject({ columns: ['column_1', 'column_2', 'column_3'] })
  })

  it('is decoded first', async () => {
    expect(await textOf(Buffer.from('0001Zoë       1.50\n', 'latin1'), { ...WIDTHS, encoding: 'latin-1' })).toBe('0001,Zoë,1.50\n')
  })

  it('needs widths, and is never found by itself', async () => {
    await expect(inspected('0001Ann\n', { format: 'fixed_width' })).rejects.toMatchObject({
      name: 'Definition.InvalidSetting',
      hint: expect.stringContaining('widths'),
    })
    expect(await inspected('0001Ann       1.50\n0002Bob       2.50\n', {})).toMatchObject({ format: 'csv' })
  })
})
