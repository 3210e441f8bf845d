import { expect, test } from 'vitest'
import { seeded } from './chance.ts'
import { mutateBytes } from './mutate-bytes.ts'

test('the same chance gives the same damage, another chance gives other damage, and the bytes given stay', () => {
  const bytes = Buffer.from('id,name\n1,"a, b"\n2,c\n')
  const before = Uint8Array.from(bytes)
  const draw = (seed: number) => Buffer.from(mutateBytes(bytes, seeded(seed))).toString('hex')
  const drawn = Array.from({ length: 200 }, (_, seed) => draw(seed))
  expect(Array.from({ length: 200 }, (_, seed) => draw(seed))).toEqual(drawn)
  expect(new Set(drawn).size).toBeGreaterThan(150)
  expect(Uint8Array.from(bytes)).toEqual(before)
})

test('a source without a byte can be damaged, too', () => {
  for (let seed = 0; seed < 50; seed++) expect(mutateBytes(new Uint8Array(), seeded(seed))).toBeInstanceOf(Uint8Array)
})
