/** Small dirty sales files: quoted newlines, records that are not rows, duplicates within and across files. The same seed gives the same bytes. */
import { seeded } from './chance.ts'

const HEADER = 'order_id,ordered,customer,email,country,quantity,price,note'
const COUNTRIES = ['Germany', 'germany ', 'GERMANY', 'France', 'Spain', 'spain', 'N/A', '']
const NOTES = ['', 'gift', '"two\nlines"', '"said ""hello"""', '"a, b"', 'NULL', '"one\r\ntwo\nthree"']

/** `files` texts of about `rows` records each. */
export function dirtySales(files: number, rows: number, seed = 7): string[] {
  const next = seeded(seed)
  const pick = (list: readonly string[]) => list[Math.floor(next() * list.length)] ?? ''
  const earlier: string[] = []
  const record = (id: number): string => {
    const bad = next()
    if (bad < 0.004) return `${id},cut off`
    if (bad < 0.008) return `${id},2024-03-0${1 + Math.floor(next() * 9)},"Ana",a@b.example,Spain,1,2.5,x,too,many`
    if (bad < 0.02 && earlier.length > 0) return pick(earlier)
    const day = String(1 + Math.floor(next() * 28)).padStart(2, '0')
    const made = [
      id,
      next() < 0.5 ? `2024-03-${day}` : `${day}/03/2024`,
      pick(['Ana Silva', ' Ben  Kim', 'CHLOÉ DUBOIS', '"O\'Brien, Mia"']),
      next() < 0.95 ? `user${Math.floor(next() * 500)}@example.com` : 'no mail',
      pick(COUNTRIES),
      next() < 0.97 ? 1 + Math.floor(next() * 9) : '',
      next() < 0.99 ? (next() * 100).toFixed(2) : '99999.00',
      pick(NOTES),
    ].join(',')
    earlier.push(made)
    return made
  }
  return Array.from(
    { length: files },
    (_, file) => `${[HEADER, ...Array.from({ length: rows }, (_, at) => record(file * rows + at + 1))].join('\n')}\n`,
  )
}
