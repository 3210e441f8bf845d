/** Sources, outputs and stores that are not as they must be: each is reported with what, where and the fix; nothing is published, nothing is lost. */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { runCli, runsIn } from '../kit/cli.ts'
import { seeded } from '../kit/chance.ts'
import { dirtySales } from '../kit/dirty-sales.ts'
import { at, expectFailed, expectPublished, PIPELINE, place, published, resume, ROWS, run, write } from './place.ts'

describe('a source', () => {
  it('that does not exist is reported with what is there', async () => {
    write('orders.csv', ROWS)
    expectFailed(await run('order.csv'), 1, 'find: the source order.csv does not exist', 'hint: did you mean orders.csv?')
    expectFailed(await run('no/such/x.csv'), 1, /no folder .*no\/such/, 'paths are relative to the current folder')
  })

  it('that appears later is found by a resume', async () => {
    expectFailed(await run('late.csv'), 1, 'resume  siftstep resume r-')
    write('late.csv', ROWS)
    expectPublished(await resume(), 2)
  })

  it('pattern that matches nothing says where it looked', async () => {
    write('data/a.txt', ROWS)
    expectFailed(await run('data/*.csv'), 1, 'the pattern data/*.csv matches no file', /hint: .*data contains (a\.txt|no data files)/)
  })

  it.each([
    ['empty', '', 'a.csv is empty (0 bytes)', 'a table without rows needs at least a header'],
    ['only a header', 'id,name\n', 'a.csv has a header and no rows', 'allow_empty: true in the discover step'],
  ])('of %s is no success', async (_what, text, reported, hint) => {
    write('a.csv', text)
    expectFailed(await run('a.csv'), 1, reported, hint, 'fix this, then siftstep run pipeline.yaml')
  })

  it('of binary garbage is refused', async () => {
    const next = seeded(3)
    write(
      'a.csv',
      Uint8Array.from({ length: 4000 }, () => Math.floor(next() * 256)),
    )
    expectFailed(
      await run('a.csv'),
      1,
      'a.csv is neither text nor a known format',
      'csv, json, ndjson, parquet, excel and fixed_width can be read',
    )
  })

  it('that was cut off while it was compressed is refused, and read when it is whole', async () => {
    const whole = gzipSync(`id,name\n${Array.from({ length: 3000 }, (_, row) => `${row},name ${row * 7919}`).join('\n')}\n`)
    write('a.csv.gz', whole.subarray(0, 6000))
    expectFailed(
      await run('a.csv.gz'),
      1,
      'a.csv.gz is cut off: the compressed data continues after its last byte, byte 6000',
      'get it again',
    )
    write('a.csv.gz', whole)
    expectPublished(await resume(), 3000)
  })

  it('that may not be read says so', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('skipped: only root can run the program as somebody else')
    write('a.csv', ROWS)
    chmodSync(at('a.csv'), 0o600)
    chmodSync(place, 0o777)
    const ended = await run('a.csv', { under: ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] })
    expectFailed(ended, 1, /find: reading .*a.csv: permission denied/, 'check its owner and permissions')
    chmodSync(at('a.csv'), 0o644)
  })

  it('folder with a part that may not be read is not read in part', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('skipped: only root can run the program as somebody else')
    write('data/a.csv', ROWS)
    write('data/closed/b.csv', ROWS)
    chmodSync(at('data/closed'), 0o700)
    chmodSync(place, 0o777)
    for (const source of ['data', 'data/**/*.csv']) {
      const ended = await run(source, { under: ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] })
      expectFailed(ended, 1, /find: reading .*data\/closed: permission denied/)
    }
  })

  it('link that leads nowhere, or in a circle, is reported, and not skipped', async () => {
    write('data/a.csv', ROWS)
    symlinkSync('gone.csv', at('data/b.csv'))
    for (const source of ['data/b.csv', 'data', 'data/*.csv']) {
      expectFailed(
        await run(source),
        1,
        /the source .*data\/b.csv is a symbolic link to gone.csv, which does not exist/,
        'fix or remove the link',
      )
    }
    rmSync(at('data/b.csv'))
    symlinkSync('d.csv', at('data/c.csv'))
    symlinkSync('c.csv', at('data/d.csv'))
    expectFailed(await run('data'), 1, /data\/c.csv is a symbolic link to d.csv, whose links form a cycle/)
  })

  it('is read once, however many links lead to it', async () => {
    write('data/a.csv', ROWS)
    symlinkSync('a.csv', at('data/0-latest.csv'))
    mkdirSync(at('data/sub'))
    symlinkSync('..', at('data/sub/up'))
    expectPublished(await run('data'), 2)
    expectPublished(await run('data/**/*.csv'), 2)
    const { out } = await runCli(['show', 'last'], { cwd: place })
    expect(out).toMatch(/skipped: .*0-latest.csv is a link to .*data\/a.csv, which is read already/)
  })
})

describe('cells', () => {
  const typed = (types: string, more = '') =>
    PIPELINE.replace('chunk_rows: 20', `chunk_rows: 20, types: ${types}`).replace('  - {id: tidy', `${more}  - {id: tidy`)

  it('that are not of the type the definition says send their rows to quarantine, with line and reason', async () => {
    write('a.csv', 'id,name\n1,Ana\ntwo,Ben\n3,Cid\n')
    // one row of three is too many for a success
    expectPublished(await run('a.csv', { pipeline: typed('{id: integer}') }), 2, 'out', 4)
    const folder = at(`.siftstep/runs/${runsIn(place)[0]}/quarantine`)
    const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.csv'))
    expect(readFileSync(`${folder}/${file}`, 'utf8')).toMatch(/a\.csv,.*\b3\b.*id is not of type integer/)
  })

  it('of which no row is left are reported, and no green line says the opposite', async () => {
    write('a.csv', ROWS)
    const { code, out } = await runCli(
      ['run', write('pipeline.yaml', typed('{name: integer}')), '--workers', '1', '--input', 'source=a.csv'],
      { cwd: place },
    )
    expect(code).toBe(4)
    expect(out).toContain('⚠ publish: Exported to csv, but no rows: 2 in = 0 out + 2 quarantined')
    expect(out).not.toContain('✓ publish')
  })

  it('of another type than a schema step demands fail the run, with what was found', async () => {
    write('a.csv', ROWS)
    const schema = '  - {id: shape, type: schema, with: {columns: {name: integer}, required: [email]}}\n'
    expectFailed(
      await run('a.csv', { pipeline: typed('{}', schema) }),
      1,
      'shape: the sources do not match the required schema',
      'no source has the required column "email"; the columns are id, name',
      'column "name" has type text, expected integer',
    )
  })

  it('of tables that have nothing in common are not united: the groups are named', async () => {
    write('data/a.csv', ROWS)
    write('data/b.csv', 'id,name\n3,Cid\n')
    write('data/weather.csv', 'station,celsius,humidity\nN1,3.5,80\n')
    expectFailed(
      await run('data'),
      1,
      /find: .*nothing in common/,
      /group 1, 2 files \(.*a\.csv, .*b\.csv\): .*id.*name/,
      /group 2, 1 file \(.*weather\.csv\)/,
    )
  })
})

describe('an output', () => {
  it('folder with files of others is refused before any work, and none is touched', async () => {
    write('a.csv', ROWS)
    write('mine/thesis.txt', 'years')
    const ended = await run('a.csv', { out: 'mine' })
    expectFailed(
      ended,
      1,
      'publish: cannot publish to mine: it contains files this pipeline did not write: thesis.txt',
      'choose another location, or move the files in this one',
    )
    expect(readdirSync(at('mine'))).toEqual(['thesis.txt'])
  })

  it('that is a file, or below one, is refused', async () => {
    write('a.csv', ROWS)
    expectFailed(await run('a.csv', { out: 'a.csv' }), 1, 'publish: cannot publish to a.csv: it is a source of this run')
    expectFailed(await run('a.csv', { out: 'a.csv/x' }), 1, 'publish: writing a.csv/x: part of the path is a file, expected a folder')
    expect(readFileSync(at('a.csv'), 'utf8')).toBe(ROWS)
  })

  it('that is a link to nothing is refused by that name', async () => {
    write('a.csv', ROWS)
    symlinkSync('nowhere/at all', at('linked'))
    expectFailed(await run('a.csv', { out: 'linked' }), 1, 'publish: writing linked: it is a link to nowhere/at all, which does not exist')
  })

  it('that may not be written says so before any work', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('skipped: only root can run the program as somebody else')
    write('a.csv', ROWS)
    mkdirSync(at('ro'))
    chmodSync(place, 0o777)
    const ended = await run('a.csv', { out: 'ro', under: ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] })
    expectFailed(ended, 1, 'publish: writing ro: permission denied')
    expect(ended.err).not.toContain('find')
  })

  it('of another pipeline is refused', async () => {
    write('a.csv', ROWS)
    expectPublished(await run('a.csv'), 2)
    const before = readdirSync(at('out'))
    const ended = await run('a.csv', { pipeline: PIPELINE.replace('id: sales', 'id: stock') })
    expect(ended).toMatchObject({ code: 1, err: expect.stringContaining('cannot publish to out: the pipeline sales published there') })
    expect(readdirSync(at('out'))).toEqual(before)
  })

  it('within the source is never eaten by the next run', async () => {
    write('data/a.csv', ROWS)
    for (const source of ['data', 'data', 'data/**/*.csv']) expectPublished(await run(source, { out: 'data/out' }), 2, 'data/out')
    const ended = await run('data/out', { out: 'data/out' })
    expect(ended.code).toBe(1)
    expect(ended.err).toMatch(/all files of the source are output of this pipeline: .*data\/out/)
    expect(published('data/out')).toHaveLength(2)
  })

  it('grew too large for its disk: nothing is published, and a resume goes on', async () => {
    write('a.csv', dirtySales(1, 2000)[0] ?? '')
    write('pipeline.yaml', PIPELINE.replace('4KB', '40KB'))
    const args = ['run', 'pipeline.yaml', '--quiet', '--workers', '1', '--input', 'source=a.csv']
    // files of 100 KB at most: the sample of the source is larger
    const ended = await runCli(args, { cwd: place, under: ['bash', '-c', 'ulimit -f 100; exec "$@"', 'bash'] })
    expectFailed(ended, 1, /find: writing .*: the file exceeds the file size limit/, 'ulimit -f', 'finished work is kept')
    const again = await resume()
    expect(again.code, again.err).toBe(0)
  })

  it('on a full disk: nothing is published, and a resume goes on when there is room', async ({ skip }) => {
    const disk = at('disk')
    mkdirSync(disk)
    const mount = (...options: readonly string[]) => execFileSync('mount', [...options, disk], { stdio: 'pipe' })
    try {
      mount('-t', 'tmpfs', '-o', 'size=100k', 'tmpfs')
    } catch {
      skip('skipped: no small disk can be mounted here')
    }
    try {
      write('a.csv', dirtySales(1, 2000)[0] ?? '')
      const full = await run('a.csv', { out: 'disk/out', pipeline: PIPELINE.replace('4KB', '40KB') })
      expectFailed(full, 1, 'publish: writing disk/out: no space is left on the disk', 'free some space, then `siftstep resume` the run')
      expect(existsSync(at('disk/out/_manifest.json'))).toBe(false)
      const still = await resume()
      expect({ code: still.code, manifest: existsSync(at('disk/out/_manifest.json')) }).toEqual({ code: 1, manifest: false })
      mount('-o', 'remount,size=10m')
      const again = await resume()
      expect(again.code, again.err).toBe(0)
      const { files } = JSON.parse(readFileSync(at('disk/out/_manifest.json'), 'utf8')) as { files: { name: string }[] }
      expect(readdirSync(at('disk/out')).sort()).toEqual(['_manifest.json', ...files.map(({ name }) => name)])
    } finally {
      execFileSync('umount', [disk])
    }
  })
})

describe('the store', () => {
  it('that is a file is refused', async () => {
    write('a.csv', ROWS)
    write('.siftstep', '')
    expectFailed(await run('a.csv'), 2, 'the store .siftstep is a file, not a folder', 'choose another folder with --store')
    expectFailed(await resume(), 2, 'the store .siftstep is a file')
    expectFailed(
      await run('a.csv', { args: ['--store', 'a.csv/x'] }),
      1,
      /the run could not start: the store a.csv\/x is not usable: .*part of the path is a file/,
    )
  })

  it('that may not be written says so, and leaves nothing behind', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('skipped: only root can run the program as somebody else')
    write('a.csv', ROWS)
    mkdirSync(at('ro'))
    chmodSync(place, 0o755)
    const ended = await run('a.csv', {
      args: ['--store', 'ro'],
      under: ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'],
    })
    expectFailed(
      ended,
      1,
      /the run could not start: the store ro is not usable: writing .*: permission denied/,
      'name another place with --store',
    )
    expect(readdirSync(at('ro'))).toEqual([])
  })

  it('on a full disk cannot begin a run, and leaves nothing behind', async ({ skip }) => {
    mkdirSync(at('disk'))
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', at('disk')], { stdio: 'pipe' })
    } catch {
      skip('skipped: no small disk can be mounted here')
    }
    try {
      write('a.csv', ROWS)
      const ended = await run('a.csv', { args: ['--store', 'disk'] })
      expectFailed(ended, 1, /the run could not start: the store disk is not usable: .*no space is left on the disk/)
      expect(runsIn(place, 'disk')).toEqual([])
    } finally {
      execFileSync('umount', [at('disk')])
    }
  })
})
