import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '#core/json.ts'
import { MAX_NAME_LENGTH, runName } from '#run/starts/run-name.ts'
import { memoryStore } from '#io/store/memory.ts'
import { NIGHTLY, scheduled, settingsOf, startTest, UPLOADS, type Upload, uploaded } from './kit.ts'

const MANY = { ...UPLOADS, collects: ['source'], debounce: 60 }
const inputsOf = (test: ReturnType<typeof startTest>) => test.started.map(({ input }) => input.inputs['source'])
const reasons = (test: ReturnType<typeof startTest>) =>
  test.lines.filter(({ level }) => level === 'error').map(({ more }) => more['reason'])

describe('the name of a run', () => {
  it('is one that Step Functions takes, for whatever pipeline and object', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z0-9_]{0,59}$/), fc.string({ unit: 'binary' }), fc.string(), (pipeline, label, identity) => {
        const name = runName(pipeline, label, identity)
        expect(name).toMatch(/^[A-Za-z0-9_-]+$/)
        expect(name.length).toBeLessThanOrEqual(MAX_NAME_LENGTH)
        expect(runName(pipeline, label, identity)).toBe(name)
        expect(runName(pipeline, label, `${identity}x`)).not.toBe(name)
      }),
    )
  })

  it('says what started it', () => {
    expect(runName('sales', '20261121T080000Z', 'x')).toMatch(/^sales-20261121T080000Z-[0-9a-f]{12}$/)
    expect(runName('sales', 'Grüße an alle.csv', 'x')).toMatch(/^sales-Gru_e_an_alle_csv-[0-9a-f]{12}$/)
  })

  it('distinguishes pipelines whose ids begin the same', () => {
    const long = 'a'.repeat(59)
    expect(runName(`${long}b`, 'x'.repeat(50), 'i')).not.toBe(runName(`${long}c`, 'x'.repeat(50), 'i'))
  })
})

describe('a moment of the schedule', () => {
  it('starts a run whose logical date is the day in the time zone', async () => {
    const test = startTest(settingsOf({ schedule: NIGHTLY }))
    expect(await test.print(scheduled('2026-11-20T23:30:00Z'))).toEqual([])
    expect(test.started).toEqual([
      {
        name: expect.stringMatching(/^sales-20261120T233000Z-/),
        input: {
          inputs: { source: 'sales/2026-11-21.csv' },
          logical_date: '2026-11-21T00:30:00+01:00',
          start: { type: 'schedule', scheduled_time: '2026-11-20T23:30:00Z' },
        },
      },
    ])
  })

  it('delivered twice, together or later, starts one run', async () => {
    const test = startTest(settingsOf({ schedule: NIGHTLY }))
    const moment = scheduled('2026-11-20T23:30:00Z')
    expect(await test.print(moment, moment)).toEqual([])
    expect(await test.print(moment)).toEqual([])
    expect(test.started).toHaveLength(1)
  })

  it('makes up for what was missed, the oldest first, once', async () => {
    const schedule = { ...NIGHTLY, catchup: true }
    const test = startTest(settingsOf({ schedule }))
    await test.print(scheduled('2026-11-17T23:30:00Z'))
    await test.print(scheduled('2026-11-20T23:30:00Z'))
    await test.print(scheduled('2026-11-18T23:30:00Z'))
    await test.print(scheduled('2026-11-21T23:30:00Z'))
    expect(inputsOf(test)).toEqual(['18', '19', '20', '21', '22'].map((day) => `sales/2026-11-${day}.csv`))
  })

  it('makes up from the start date when it is the first', async () => {
    const schedule = { ...NIGHTLY, catchup: true, start_date: '2026-11-19' }
    const test = startTest(settingsOf({ schedule }))
    await test.print(scheduled('2026-11-20T23:30:00Z'))
    expect(inputsOf(test)).toEqual(['sales/2026-11-19.csv', 'sales/2026-11-20.csv', 'sales/2026-11-21.csv'])
  })

  it('makes up for what was missed of a rate, counted from when it started something, whatever its start date', async () => {
    const { cron: _, ...rest } = NIGHTLY
    const schedule = { ...rest, every: 3600, start_date: '2026-11-01', timezone: 'UTC', catchup: true, inputs: { source: '{{ ts }}' } }
    const test = startTest(settingsOf({ schedule }))
    await test.world.store.write('starts/sales/last-scheduled.json', '"2026-11-20T10:37:12Z"')
    await test.print(scheduled('2026-11-20T11:37:12Z'))
    expect(inputsOf(test)).toEqual(['2026-11-20T11:37:12Z'])
    await test.print(scheduled('2026-11-20T14:37:12Z'))
    expect(inputsOf(test)).toEqual(['11', '12', '13', '14'].map((hour) => `2026-11-20T${hour}:37:12Z`))
  })

  it('makes up for very many a part at a time', async () => {
    const schedule = { ...NIGHTLY, catchup: true, start_date: '2026-08-01' }
    const test = startTest(settingsOf({ schedule }))
    const moment = scheduled('2026-11-20T23:30:00Z')
    let reported = 1
    while ((await test.print(moment)).length > 0) reported++
    expect(reported).toBe(3)
    expect(inputsOf(test)).toHaveLength(113)
    expect(new Set(inputsOf(test)).size).toBe(113)
    expect(inputsOf(test).at(-1)).toBe('sales/2026-11-21.csv')
  })

  it('is delivered again when it cannot be remembered which were started', async () => {
    const store = memoryStore()
    const test = startTest(settingsOf({ schedule: { ...NIGHTLY, catchup: true } }), {
      ...store,
      write: async () => Promise.reject(new Error('no')),
    })
    expect(await test.print(scheduled('2026-11-20T23:30:00Z'))).toEqual(['m0'])
    expect(test.started).toHaveLength(1)
  })

  it('is left in the queue when the pipeline has no schedule any more, or it is no moment', async () => {
    const none = startTest(settingsOf({}))
    expect(await none.print(scheduled('2026-11-20T23:30:00Z'))).toEqual(['m0'])
    expect(reasons(none)).toEqual(['a scheduled time arrived, but the pipeline has no schedule any more'])
    const test = startTest(settingsOf({ schedule: NIGHTLY }))
    expect(await test.print(scheduled('tomorrow'))).toEqual(['m0'])
    expect(reasons(test)).toEqual(["`scheduled_time` is 'tomorrow', which is not a time"])
  })
})

describe('an upload', () => {
  const test = () => startTest(settingsOf({ triggers: [UPLOADS] }))

  it('starts a run with what was uploaded', async () => {
    const one = test()
    expect(await one.print(uploaded({ key: 'incoming/new orders+ä.csv' }))).toEqual([])
    expect(one.started).toEqual([
      {
        name: expect.stringMatching(/^sales-new_orders_a_csv-[0-9a-f]{12}$/),
        input: {
          inputs: { source: 's3://acme-inbox/incoming/new orders+ä.csv' },
          logical_date: '2026-11-21T08:14:02Z',
          start: { type: 's3', uri: 's3://acme-inbox/incoming/new orders+ä.csv', etag: 'e1', version_id: 'v1', event_id: 'id-1' },
        },
      },
    ])
  })

  it('from S3 itself has its key decoded', async () => {
    const one = test()
    const object = { key: 'incoming/new+orders%2B%C3%A4%20.csv', size: 1, eTag: 'e', sequencer: '01' }
    const record = { eventTime: '2026-11-21T08:14:02.123Z', awsRegion: 'eu-west-1', s3: { bucket: { name: 'acme-inbox' }, object } }
    expect(await one.print({ Records: [record] } as unknown as Json)).toEqual([])
    expect(inputsOf(one)).toEqual(['s3://acme-inbox/incoming/new orders+ä .csv'])
    expect(
      await one.print({
        Records: [{ ...record, s3: { ...record.s3, object: { ...object, key: 'incoming/%ZZ.csv' } } }],
      } as unknown as Json),
    ).toEqual(['m0'])
    expect(reasons(one)).toEqual(["the key 'incoming/%ZZ.csv' is not a valid encoding of an S3 key"])
  })

  it('of the same content under the same key starts one run; under another key, or of other content, another', async () => {
    const one = test()
    const key = 'incoming/a.csv'
    await one.print(uploaded({ key, id: '1', sequencer: '01' }), uploaded({ key, id: '2', sequencer: '02' }))
    await one.print(uploaded({ key, id: '3', sequencer: '03', etag: 'e2' }), uploaded({ key: 'incoming/b.csv', id: '4' }))
    expect(one.started).toHaveLength(3)
  })

  it('starts a run each time it is delivered, where content does not matter', async () => {
    const one = startTest(settingsOf({ triggers: [{ ...UPLOADS, dedupe: 'none' }] }))
    const key = 'incoming/a.csv'
    const first = uploaded({ key, id: '1', sequencer: '01' })
    await one.print(first, first, uploaded({ key, id: '2', sequencer: '02' }))
    await one.print(first)
    expect(one.started).toHaveLength(2)
  })

  it('that was replaced within the wait starts nothing', async () => {
    const one = startTest(settingsOf({ triggers: [{ ...UPLOADS, debounce: 60 }] }))
    const key = 'incoming/a.csv'
    expect(await one.print(uploaded({ key, etag: 'new', sequencer: '0A1' }), uploaded({ key, etag: 'old', sequencer: '0a' }))).toEqual([])
    expect(one.started.map(({ input }) => input.start['etag'])).toEqual(['new'])
  })

  it('is nothing when it is the mark of a folder, or a test of the queue', async () => {
    const one = startTest(settingsOf({ triggers: [{ ...UPLOADS, prefix: 'incoming/', suffix: '/' }] }))
    expect(await one.print(uploaded({ key: 'incoming/new/', size: 0 }), { Service: 'Amazon S3', Event: 's3:TestEvent' })).toEqual([])
    expect(one.started).toEqual([])
    expect(one.lines.map(({ more }) => more['why'])).toEqual(['s3://acme-inbox/incoming/new/ is a folder marker, not data'])
  })

  it('is nothing when it is what a pipeline writes beside the data it publishes', async () => {
    const one = startTest(
      settingsOf({ triggers: [{ type: 's3', bucket: 'acme-inbox', prefix: 'clean/', dedupe: 'etag', inputs: {}, collects: [] }] }),
    )
    const keys = ['clean/.siftstep-probe', 'clean/.siftstep-publishing/r-1.json', 'clean/_manifest.json', 'clean/part-1.parquet']
    expect(await one.print(...keys.map((key, id) => uploaded({ key, id: String(id) })))).toEqual([])
    expect(one.started.map(({ input }) => input.start['uri'])).toEqual(['s3://acme-inbox/clean/part-1.parquet'])
    expect(one.lines.map(({ more }) => more['why']).filter(Boolean)).toContain(
      's3://acme-inbox/clean/_manifest.json is a side file, not data',
    )
  })

  it('is what a suffix names, though it is no data: a manifest shows that an output is whole', async () => {
    const one = startTest(settingsOf({ triggers: [{ ...UPLOADS, suffix: '_manifest.json' }] }))
    expect(await one.print(uploaded({ key: 'incoming/_manifest.json' }))).toEqual([])
    expect(one.started).toHaveLength(1)
  })

  it('that nobody waits for stays in the queue', async () => {
    const one = test()
    expect(await one.print(uploaded({ key: 'other/a.csv' }), uploaded({ key: 'incoming/a.csv', bucket: 'other' }))).toEqual(['m0', 'm1'])
    expect(reasons(one)[0]).toBe('no trigger of sales matches Object Created of aws.s3')
  })

  it('that two triggers wait for starts a run for each', async () => {
    const one = startTest(settingsOf({ triggers: [UPLOADS, { ...UPLOADS, inputs: { source: 'again' } }] }))
    const event = uploaded({ key: 'incoming/a.csv' })
    await one.print(event, event)
    expect(inputsOf(one).sort()).toEqual(['again', 's3://acme-inbox/incoming/a.csv'])
  })
})

describe('uploads for an input that takes a list', () => {
  const settings = settingsOf({ triggers: [MANY] })
  const keys = (...names: readonly string[]) =>
    names.map((name) => uploaded({ key: `incoming/${name}.csv`, id: name, time: `2026-11-21T08:00:0${name.length}Z` }))

  it('start one run for all of them, in the order of their places', async () => {
    const test = startTest(settings)
    expect(await test.print(...keys('b', 'a', 'cc'))).toEqual([])
    expect(inputsOf(test)).toEqual([['a', 'b', 'cc'].map((name) => `s3://acme-inbox/incoming/${name}.csv`)])
    expect(test.started[0]?.input.logical_date).toBe('2026-11-21T08:00:02Z')
    expect(test.started[0]?.input.start).toMatchObject({ type: 's3', together: [{ event_id: 'a' }, { event_id: 'b' }, { event_id: 'cc' }] })
  })

  it('start a run with a list of one when there is one', async () => {
    const test = startTest(settings)
    await test.print(...keys('a'))
    expect(inputsOf(test)).toEqual([['s3://acme-inbox/incoming/a.csv']])
  })

  it('delivered again, alone or among others, start nothing again', async () => {
    const test = startTest(settings)
    await test.print(...keys('a', 'b'))
    await test.print(...keys('a'))
    await test.print(...keys('b', 'c'))
    expect(inputsOf(test)).toEqual([
      ['s3://acme-inbox/incoming/a.csv', 's3://acme-inbox/incoming/b.csv'],
      ['s3://acme-inbox/incoming/c.csv'],
    ])
  })
})

describe('whatever is delivered, how often, in which order and batches', () => {
  const uploads = fc.uniqueArray(
    fc.record({
      key: fc.constantFrom('incoming/a.csv', 'incoming/b.csv', 'incoming/c d.csv', 'incoming/ü.csv'),
      etag: fc.constantFrom('e1', 'e2'),
    }),
    { minLength: 1, maxLength: 6, selector: ({ key, etag }) => `${key} ${etag}` },
  )
  /** Each upload delivered at least once, in any order, cut into batches anywhere, some starts failing. */
  const tellings = uploads.chain((all) =>
    fc.record({
      order: fc
        .shuffledSubarray([...all, ...all, ...all], { minLength: 2 * all.length, maxLength: 3 * all.length })
        .filter((some) => all.every((one) => some.includes(one))),
      all: fc.constant(all),
      cuts: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 30, maxLength: 30 }),
      failures: fc.array(fc.boolean(), { maxLength: 8 }),
    }),
  )

  async function printAll(test: ReturnType<typeof startTest>, order: readonly Upload[], cuts: readonly number[]): Promise<void> {
    let queue = order.map((upload) => uploaded(upload))
    for (let at = 0; queue.length > 0; at++) {
      if (at > 200) throw new Error('the queue does not empty')
      const batch = queue.slice(0, cuts[at % cuts.length])
      const failed = await test.print(...batch)
      queue = [...queue.slice(batch.length), ...batch.filter((_, index) => failed.includes(`m${index}`))]
    }
  }

  it('each upload starts one run, and is lost never', async () => {
    await fc.assert(
      fc.asyncProperty(tellings, async ({ all, order, cuts, failures }) => {
        const test = startTest(settingsOf({ triggers: [UPLOADS] }))
        test.failures.push(...failures.filter(Boolean).map(() => new Error('throttled')))
        await printAll(test, order, cuts)
        const wanted = all.map(({ key, etag }) => `s3://acme-inbox/${key} ${etag}`).sort()
        expect(test.started.map(({ input }) => `${input.start['uri']} ${input.start['etag']}`).sort()).toEqual(wanted)
      }),
      { numRuns: 150 },
    )
  })

  it('each upload is in one run for many, and is lost never', async () => {
    await fc.assert(
      fc.asyncProperty(tellings, async ({ all, order, cuts, failures }) => {
        const test = startTest(settingsOf({ triggers: [{ ...MANY }] }))
        test.failures.push(...failures.filter(Boolean).map(() => new Error('throttled')))
        await printAll(test, order, cuts)
        const read = test.started.flatMap(({ input }) =>
          (input.start['together'] as { uri: string; etag: string }[]).map(({ uri, etag }) => `${uri} ${etag}`),
        )
        // of one key, an upload that another replaced within a batch may be left out, the last one never twice
        expect(new Set(read).size).toBe(read.length)
        expect(new Set(read.map((one) => one.split(' e')[0]))).toEqual(new Set(all.map(({ key }) => `s3://acme-inbox/${key}`)))
      }),
      { numRuns: 150 },
    )
  })

  it('is as exact when two work on the queue at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 2 }),
        fc.shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 2 }),
        async (scheduler, left, right) => {
          const store = memoryStore()
          const slow = {
            ...store,
            create: scheduler.scheduleFunction(store.create),
            read: scheduler.scheduleFunction(store.read),
          }
          const test = startTest(settingsOf({ triggers: [MANY] }), slow)
          const events = (names: readonly string[]) => names.map((name) => uploaded({ key: `incoming/${name}.csv`, id: name }))
          await scheduler.waitFor(Promise.all([test.print(...events(left)), test.print(...events(right))]))
          // what a crash would leave undone is done when it is delivered again
          await scheduler.waitFor(test.print(...events([...new Set([...left, ...right])])))
          const read = test.started.flatMap(({ input }) => input.inputs['source'] as string[])
          expect([...read].sort()).toEqual([...new Set([...left, ...right])].sort().map((name) => `s3://acme-inbox/incoming/${name}.csv`))
        },
      ),
      { numRuns: 100 },
    )
  })
})

describe('an event', () => {
  const trigger = {
    type: 'event' as const,
    event_type: ['order.exported'],
    source: ['shop'],
    filter_criteria: { detail: { region: ['eu'] } },
    inputs: {
      source: '{{ event.detail.files[0] }}',
      note: 'of {{ event.detail.region }} at {{ event.time }}',
      rows: '{{ event.detail.rows }}',
    },
  }
  const event = (detail: object, id = 'e-1') => ({
    id,
    'detail-type': 'order.exported',
    source: 'shop',
    time: '2026-11-21T08:14:02Z',
    account: '1',
    region: 'eu-west-1',
    detail: detail as Json,
  })

  it('starts a run with the values it contains, in their types', async () => {
    const test = startTest(settingsOf({ triggers: [trigger] }))
    const reported = event({ region: 'eu', files: ['s3://b/a.csv'], rows: 5 })
    expect(await test.print(reported, reported)).toEqual([])
    expect(test.started.map(({ input }) => input)).toEqual([
      {
        inputs: { source: 's3://b/a.csv', note: 'of eu at 2026-11-21T08:14:02Z', rows: 5 },
        logical_date: '2026-11-21T08:14:02Z',
        start: { type: 'event', event_id: 'e-1', event_type: 'order.exported', source: 'shop' },
      },
    ])
  })

  it('that lacks what an input reads stays in the queue, and keeps no other from starting', async () => {
    const test = startTest(settingsOf({ triggers: [trigger] }))
    const good = event({ region: 'eu', files: ['a'], rows: 1 }, 'e-2')
    expect(await test.print(event({ region: 'eu', rows: 1 }), good, event({ region: 'us' }, 'e-3'))).toEqual(['m0', 'm2'])
    expect(reasons(test)).toContain('the event has no `event.detail.files[0]`, which an input of the run uses')
    expect(test.started).toHaveLength(1)
  })
})

describe('what is no message of ours', () => {
  it.each([['nonsense'], ['{"a": 1}'], ['[]'], ['null']])('%s stays in the queue', async (body) => {
    const test = startTest(settingsOf({ triggers: [UPLOADS], schedule: NIGHTLY }))
    const { startRuns } = await import('#run/starts/start.ts')
    expect(await startRuns(test.world)([{ id: 'x', body }])).toEqual(['x'])
    expect(test.started).toEqual([])
  })
})

describe('max_active_runs', () => {
  const key = (name: string) => uploaded({ key: `incoming/${name}.csv`, id: name, time: `2026-11-21T08:00:0${name.length}Z` })

  it('lets the others wait in the queue, the oldest start first', async () => {
    const test = startTest(settingsOf({ triggers: [UPLOADS], max_active_runs: 2 }))
    expect(await test.print(key('ccc'), key('bb'), key('a'))).toEqual(['m0'])
    expect(inputsOf(test)).toEqual(['s3://acme-inbox/incoming/a.csv', 's3://acme-inbox/incoming/bb.csv'])
    expect(await test.print(key('ccc'))).toEqual(['m0'])
    test.ended.add(test.started[0]?.name ?? '')
    test.clock += 60_000
    expect(await test.print(key('ccc'))).toEqual([])
    expect(test.started).toHaveLength(3)
  })

  it('counts what was just started, though the list of executions does not show it yet', async () => {
    const test = startTest(settingsOf({ triggers: [UPLOADS], max_active_runs: 1 }))
    const { startRuns } = await import('#run/starts/start.ts')
    const start = startRuns({ ...test.world, executions: { ...test.world.executions, running: async () => [] } })
    const reported = (name: string) => ({ id: name, body: JSON.stringify(key(name)) })
    expect(await start([reported('a'), reported('bb')])).toEqual(['bb'])
    expect(await start([reported('bb')])).toEqual(['bb'])
    test.clock += 60_000
    expect(await start([reported('bb')])).toEqual([])
  })

  it('merges what was started before, though no more can start', async () => {
    const test = startTest(settingsOf({ triggers: [UPLOADS], max_active_runs: 1 }))
    await test.print(key('a'))
    test.clock += 60_000
    expect(await test.print(key('a'), key('bb'))).toEqual(['m1'])
    test.ended.add(test.started[0]?.name ?? '')
    await test.print(key('bb'))
    expect(await test.print(key('a'))).toEqual([])
    expect(test.started).toHaveLength(2)
  })
})

describe('an event whose run could not carry its inputs', () => {
  it('starts nothing, and its message stays, with the size and the fix in the log', async () => {
    const trigger = { type: 'event' as const, event_type: ['order.exported'], inputs: { source: '{{ event.detail.files }}' } }
    const test = startTest(settingsOf({ triggers: [trigger] }))
    const event = { ...(uploaded({ key: 'x' }) as object), source: 'shop', 'detail-type': 'order.exported' }
    // letters of two bytes: bytes count
    expect(await test.print({ ...event, detail: { files: 'é'.repeat(135_000) } })).toEqual(['m0'])
    expect(test.started).toEqual([])
    expect(reasons(test)).toEqual([
      expect.stringMatching(/^the inputs are 270,\d{3} bytes of JSON; the maximum is 262,144; move the longest input into a file/),
    ])
    expect(await test.print({ ...event, detail: { files: 'é'.repeat(130_000) } })).toEqual([])
    expect(test.started).toHaveLength(1)
  })
})
