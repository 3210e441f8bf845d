/** Names of folders as Hive writes them. The characters are those of Hive's own list. */
import { describe, expect, it } from 'vitest'
import { hiveFolder, isHiveFolder, isHiveKey } from '#io/publish/hive.ts'

describe('a folder of a partition', () => {
  it.each([
    ['East', 'k=East'],
    ['', 'k='],
    ['a b', 'k=a b'],
    ['ä€', 'k=ä€'],
    ['a/b', 'k=a%2Fb'],
    ['50%', 'k=50%25'],
    ['a=b', 'k=a%3Db'],
    ['a\tb', 'k=a%09b'],
    ['\u0000', 'k=%00'],
    ['\u007f', 'k=%7F'],
    ['{x}', 'k=%7Bx}'],
    ['[x]', 'k=%5Bx%5D'],
    ['__HIVE_DEFAULT_PARTITION__', 'k=%5F_HIVE_DEFAULT_PARTITION__'],
    ['_HIVE_DEFAULT_PARTITION__', 'k=_HIVE_DEFAULT_PARTITION__'],
    [null, 'k=__HIVE_DEFAULT_PARTITION__'],
  ])('of the value %j is %s', (value, folder) => {
    expect(hiveFolder('k', value)).toBe(folder)
    expect(isHiveFolder(folder)).toBe(true)
  })

  it('has its value back when it is decoded, and no two values have one folder', () => {
    const values = Array.from({ length: 256 }, (_, code) => `x${String.fromCharCode(code)}y`)
    const folders = values.map((value) => hiveFolder('k', value))
    expect(folders.map((folder) => decodeURIComponent(folder.slice(2).replace(/%(?![0-9A-F]{2})/g, '%25')))).toEqual(values)
    expect(new Set(folders).size).toBe(values.length)
  })

  it.each([
    ['region', true],
    ['Region 1', true],
    ['a.b', true],
    ['ä', true],
    ['', false],
    ['.hidden', false],
    ['a=b', false],
    ['a/b', false],
    ['a\nb', false],
  ])('can have the key %j: %s', (key, can) => {
    expect(isHiveKey(key)).toBe(can)
  })

  it('is recognised by its form', () => {
    expect(['a=b', 'a=', 'a=b=c', 'a', '=b', ''].filter(isHiveFolder)).toEqual(['a=b', 'a=', 'a=b=c'])
  })
})
