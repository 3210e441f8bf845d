/** One command copies between all connectors, and one shows the first rows of any address. */
import { expect, describe, it } from 'vitest'
import { CONNECTORS } from '#io/connectors/index.ts'
import { FORMATS } from '#io/formats/index.ts'
import { WRITERS } from '#io/formats/writers/index.ts'
import { runCli, runsIn } from '../kit/cli.ts'
import { openS3Place } from '../kit/s3-place.ts'
import { startS3 } from '../kit/s3-server.ts'
import { at, place, published, write } from './place.ts'

const cli = (...args: readonly string[]) => runCli([...args, ...(args[0] === 'connectors' ? [] : ['--workers', '1'])], { cwd: place })
const ROWS = [
  { id: '1', name: 'Ana, Zoë', price: '2.5' },
  { id: '2', name: null, price: '10' },
  { id: '3', name: '{{ ds }}', price: '0.1' },
]
const CSV = 'id,name,price\n1,"Ana, Zoë",2.5\n2,,10\n3,{{ ds }},0.1\n'

describe('siftstep copy and head', () => {
  it('copy the same rows from files to a table, a bucket and back, and show them at every address', async () => {
    const s3 = await openS3Place({ own: true })
    try {
      write('in.csv', CSV)
      const way = ['in.csv', 'sqlite://shop.db/orders', `s3://${s3.bucket}/orders/`, 'back.ndjson']
      for (const [at, address] of way.entries()) {
        const shown = await cli('head', address, '--json')
        expect(shown, shown.err).toMatchObject({ code: 0, err: '' })
        expect(values(shown.out), address).toEqual(ROWS)
        const to = way[at + 1]
        if (to === undefined) break
        const copied = await cli('copy', address, to)
        expect(copied, copied.err).toMatchObject({ code: 0, err: '' })
        expect(copied.out).toContain(`Copied 3 rows to ${to}`)
        expect(copied.out).toContain('Rows: 3 in = 3 out   balanced ✓')
      }
    } finally {
      await s3.close()
    }
  })

  it('head prints as many rows as are asked for, with their types, and what cannot be read', async () => {
    write('in.csv', `${CSV}4,too,many,fields\n`)
    const { code, out } = await cli('head', 'in.csv', '-n', '2')
    expect(code).toBe(0)
    expect(out).toBe(
      'id       name      price\ninteger  text      float\n1        Ana, Zoë  2.5\n2        ∅         10.0\n2 of 3 rows; 1 record that cannot be read as rows\n',
    )
    expect(await cli('head', 'in.csv', '-n', '0')).toMatchObject({ code: 2, err: expect.stringContaining('use a whole number from 1') })
    expect(await cli('head', 'ni.csv')).toMatchObject({ code: 1, err: expect.stringContaining('did you mean in.csv?') })
  })

  it('copy takes the settings of an export, and refuses what those refuse', async () => {
    write('in.csv', CSV)
    const wrong = await cli('copy', 'in.csv', 'out', '--mode', 'appendd')
    expect(wrong.code).toBe(2)
    expect(wrong.err).toContain('did you mean append?')
    expect(published()).toEqual([])
    await cli('copy', 'in.csv', 'sqlite://shop.db/orders')
    write('more.csv', 'id,name,price\n3,new,0.2\n4,more,1\n')
    expect((await cli('copy', 'more.csv', 'sqlite://shop.db/orders', '--mode', 'merge', '--key', 'id')).code).toBe(0)
    expect(values((await cli('head', 'sqlite://shop.db/orders', '--json')).out).map(({ name }) => name)).toEqual([
      'Ana, Zoë',
      null,
      'new',
      'more',
    ])
  })

  it('copy ends with 4 when many records cannot be read, and says how to see why', async () => {
    write('in.csv', 'id,name\n1,a\n2,b,c\n')
    const { code, out } = await cli('copy', 'in.csv', 'out.csv')
    expect(code).toBe(4)
    expect(out).toContain('Rows: 2 in = 1 out + 1 quarantined')
    expect(out).toContain(`siftstep why ${runsIn(place)[0]}`)
  })
})

describe('credentials for S3', () => {
  it('come from the profile that AWS_PROFILE names', async () => {
    const server = await startS3()
    try {
      server.objects.createBucket('lake')
      write('in.csv', CSV)
      write(
        'credentials',
        '[default]\naws_access_key_id = WRONG\naws_secret_access_key = x\n[team]\naws_access_key_id = TEAMKEY\naws_secret_access_key = y\n',
      )
      const env = {
        ...server.env,
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_PROFILE: 'team',
        AWS_SHARED_CREDENTIALS_FILE: at('credentials'),
        AWS_CONFIG_FILE: at('no-such-config'),
      }
      const copied = await runCli(['copy', 'in.csv', 's3://lake/orders/', '--workers', '1'], { cwd: place, env })
      expect(copied, copied.err).toMatchObject({ code: 0 })
      expect([...server.accessKeys]).toEqual(['TEAMKEY'])
    } finally {
      await server.close()
    }
  })

  it('are refused in an address', async () => {
    const { code, out, err } = await cli('head', 's3://AKIAEXAMPLE:abcdefgh12345678@lake/orders/')
    expect([code === 0, out]).toEqual([false, ''])
    const [what, hint] = err.split('\n')
    expect(what).toBe('❌ an address of S3 holds no keys: there are some before the @ of …@lake/orders/')
    expect(hint).toContain('hint: write s3://lake/orders/; keys come from a role, AWS_PROFILE or the environment')
  })
})

/** A table gives numbers of its own form; as text all addresses say the same. */
const values = (json: string) =>
  (JSON.parse(json) as Record<string, string | null>[]).map(({ id, name, price }) => ({ id, name, price: price?.replace(/\.0$/, '') }))

describe('siftstep connectors', () => {
  it('lists every connector, format and compression of the registries', async () => {
    const { code, out } = await cli('connectors', '--json')
    expect(code).toBe(0)
    const { connectors, formats } = JSON.parse(out) as Record<string, { name: string; modes?: string[]; writes?: boolean }[]>
    expect(connectors?.map(({ name, modes }) => [name, modes])).toEqual(
      CONNECTORS.map(({ scheme, target }) => [scheme, target?.modes ?? []]),
    )
    expect(
      formats
        ?.filter(({ writes }) => writes)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(WRITERS.map(({ name }) => name).sort())
    expect(formats?.map(({ name }) => name)).toEqual(FORMATS.map(({ name }) => name))
    expect((await cli('connectors')).out).toMatch(/^sqlite +yes +replace, append, merge +sqlite:\/\//m)
  })
})
