/** Files below the folder of a definition are read; nothing outside of it is. */
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { assetsBelow } from '#run/runs/asset-files.ts'
import { type Workplace, workplace } from '../../kit/run-pipeline.ts'

let place: Workplace
beforeAll(() => {
  place = workplace()
  place.write('secret.csv', 'x\n')
  place.write('own/lists/codes.csv', 'code\nA\n')
  place.write('own/large.csv', Buffer.alloc(1_000_001))
  mkdirSync(join(place.folder, 'own/folder'))
  symlinkSync(join(place.folder, 'secret.csv'), join(place.folder, 'own/out.csv'))
  symlinkSync(place.folder, join(place.folder, 'own/up'))
  symlinkSync('lists/codes.csv', join(place.folder, 'own/link.csv'))
  symlinkSync('/dev/zero', join(place.folder, 'own/zero.csv'))
})
afterAll(() => place.clear())

it.each(['lists/codes.csv', './lists/codes.csv', 'lists/../link.csv'])('reads %s', (path) => {
  expect(assetsBelow(join(place.folder, 'own'))(path)).toEqual({ content: Buffer.from('code\nA\n') })
})

it.each([
  ['out.csv', 'outside'],
  ['up/secret.csv', 'outside'],
  ['../secret.csv', 'outside'],
  ['zero.csv', 'outside'],
  ['none.csv', 'missing'],
  ['lists/codes.csv/none', 'missing'],
  ['folder', 'folder'],
  ['large.csv', 'too-large'],
])('refuses %s: %s', (path, refused) => {
  expect(assetsBelow(join(place.folder, 'own'))(path)).toEqual({ refused })
})
