/** Addresses with the name of a source in them. */
import { describe, expect, it } from 'vitest'
import { addressFor, folderOf, isNamedAsSource, lastName, namesSource } from '#io/publish/file-addresses.ts'

describe('the address of a file', () => {
  it.each([
    ['out/{source.name}.csv', 'orders.csv.gz', 'out/orders.csv'],
    ['out/{source.file}', 'in/a/orders.csv.gz', 'out/orders.csv.gz'],
    ['out/{source.name}/{source.name}-{source.file}', 'x.csv', 'out/x/x-x.csv'],
    ['out/{source.name}.csv', '$&.csv', 'out/$&.csv'],
    ['out/{source.name}.csv', '{source.file}.csv', 'out/{source.file}.csv'],
    ['out/all.csv', 'in/a.csv', 'out/all.csv'],
  ])('%s of the source %s is %s', (address, source, expected) => {
    expect(addressFor(address, source)).toBe(expected)
  })

  it('says whether it holds the name of its source, and whether it ends with it', () => {
    const all = ['{source.name}.csv', '{source.file}', '{source.file}.bak', '{source.size}', 'source.name']
    expect(all.filter(namesSource)).toEqual(['{source.name}.csv', '{source.file}', '{source.file}.bak'])
    expect(all.filter(isNamedAsSource)).toEqual(['{source.file}'])
  })

  it.each([
    ['a/b/c.csv', 'a/b/', 'c.csv'],
    ['c.csv', '', 'c.csv'],
    ['/c.csv', '/', 'c.csv'],
    ['s3://b/c.csv', 's3://b/', 'c.csv'],
  ])('%s is in the folder %j and has the name %s', (address, folder, name) => {
    expect({ folder: folderOf(address), name: lastName(address) }).toEqual({ folder, name })
  })
})
