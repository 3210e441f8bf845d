/** The artifacts of a run, loaded again: whatever its outcome, all that was written, and nothing else. */
import { describe, expect, it } from 'vitest'
import { loadArtifacts, makerOf } from '#data/ledger/artifacts.ts'
import type { StepReport } from '#core/task/task.ts'
import type { Store } from '#io/store/store.ts'
import type { TaskContext } from '#io/workspace/context.ts'
import { workspace } from '#io/workspace/workspace.ts'
import { anOutcome } from '../pass/outcomes.ts'
import { someArtifacts, aSegment, aStep, someFacts } from '../report/reports.ts'

const SPACE = workspace('r')
const PLAN = someArtifacts().scans[0]?.plan
const report = (step: string, more: Partial<StepReport> = {}): StepReport => ({
  step,
  level: 'ok',
  message: `${step} done`,
  lines: [],
  fused: false,
  ...more,
})

/** A store that holds these objects. */
function storeOf(objects: { readonly [key: string]: unknown }): Pick<Store, 'read' | 'list'> {
  return {
    read: async (key) => (key in objects ? Buffer.from(JSON.stringify(objects[key])) : undefined),
    // in no order, as stores may list
    list: async (prefix) =>
      Object.keys(objects)
        .filter((key) => key.startsWith(prefix))
        .sort()
        .reverse()
        .map((key) => ({ key, bytes: 1 })),
  }
}

const artifacts = (units: readonly string[], objects: { readonly [key: string]: unknown }, unfinished = false) =>
  loadArtifacts({ units }, { store: storeOf(objects), workspace: SPACE } as unknown as TaskContext, unfinished)

const planned = (unreadable?: number) => ({
  [SPACE.task('plan', 'find', null)]: {
    result: { dataset: { plan: 'the plan' }, report: report('find'), result: unreadable === undefined ? undefined : { unreadable } },
  },
  'the plan': PLAN,
})

describe('what is gathered', () => {
  it('of a run that left nothing is nothing', async () => {
    expect(await artifacts(['find', 'tidy'], {})).toEqual({
      scans: [],
      segments: [],
      exchanges: [],
      facts: null,
      reports: [],
      unreadable: 0,
    })
  })

  it('of a scan is its plan, its report, and how many sources could not be read', async () => {
    expect(await artifacts(['find'], planned(2))).toMatchObject({
      scans: [{ step: 'find', plan: PLAN }],
      reports: [report('find')],
      unreadable: 2,
    })
    expect((await artifacts(['find'], planned())).unreadable).toBe(0)
  })

  it('of several surveys is the first', async () => {
    const facts = (rows: number) => someFacts({ rows })
    const found = await artifacts(['none', 'a', 'b'], { [SPACE.facts('a')]: facts(1), [SPACE.facts('b')]: facts(2) })
    expect(found.facts?.rows).toBe(1)
  })

  it('of every other task is its report, unit by unit', async () => {
    const objects = Object.fromEntries(
      (['control', 'assess', 'exchange'] as const).map((task) => [SPACE.task(task, task, null), { result: { report: report(task) } }]),
    )
    const found = await artifacts(['assess', 'control', 'exchange', 'quiet'], {
      ...objects,
      [SPACE.task('control', 'quiet', null)]: { result: {} },
    })
    expect(found.reports.map(({ step }) => step)).toEqual(['assess', 'control', 'exchange'])
  })

  it('of an operation across rows is what it wrote, with the dataset it read', async () => {
    const file = { step: 'meet', dataset: 'the plan' }
    expect((await artifacts(['meet'], { [SPACE.exchange('meet')]: file, 'the plan': PLAN })).exchanges).toEqual([{ file, plan: PLAN }])
  })
})

describe('what is gathered of a segment', () => {
  const steps = [aStep('tidy', 'clean', []), aStep('gate', 'validate', [])]
  const plan = { ...PLAN, batches: [{}, {}] }
  const file = { ...aSegment(steps).file, step: 'tidy', dataset: 'the plan', round: 1 }
  const outcomes = [anOutcome({ rows_out: 3 }), anOutcome({ rows_out: 4 })]
  const objects = (more: Partial<typeof file> = {}) => ({
    'the plan': plan,
    [SPACE.segment('tidy')]: { ...file, ...more },
    [SPACE.outcome('tidy', 0)]: outcomes[0],
    [SPACE.outcome('tidy', 1)]: outcomes[1],
    [SPACE.task('commit', 'tidy', null, 1)]: { result: { reports: [report('gate'), report('write'), report('later')] } },
  })

  it('are its outcomes batch by batch, the reports of its steps, and that of its sink', async () => {
    const found = await artifacts(['tidy'], objects())
    expect(found.segments).toEqual([{ file, plan, outcomes }])
    expect(found.reports.map(({ step, level }) => [step, level])).toEqual([
      ['tidy', 'ok'],
      ['gate', 'ok'],
      ['write', 'ok'],
    ])
  })

  it('without a sink, or before it was committed, are no reports but those of its steps', async () => {
    const { [SPACE.task('commit', 'tidy', null, 1)]: _, ...open } = objects()
    expect((await artifacts(['tidy'], open)).reports.map(({ step }) => step)).toEqual(['tidy', 'gate'])
    const own = { ...objects(), [SPACE.task('commit', 'tidy', null, 1)]: { result: { reports: [report('gate')] } } }
    expect((await artifacts(['tidy'], own)).reports.map(({ step }) => step)).toEqual(['tidy', 'gate'])
    const none = { ...objects(), [SPACE.task('commit', 'tidy', null, 1)]: { result: {} } }
    expect((await artifacts(['tidy'], none)).reports).toHaveLength(2)
  })

  it('that failed are its reports alone, as errors, unless all there is was asked for', async () => {
    const failed = await artifacts(['tidy'], objects({ standing: false }))
    expect(failed.segments).toEqual([])
    expect(failed.reports.map(({ step, level }) => [step, level])).toEqual([
      ['tidy', 'error'],
      ['gate', 'error'],
    ])
    expect((await artifacts(['tidy'], objects({ standing: false }), true)).segments).toHaveLength(1)
  })
})

describe('the report of a step that ran for each item of a list', () => {
  const items = (...reports: readonly (StepReport | undefined)[]) =>
    Object.fromEntries(
      reports.map((own, item) => [SPACE.task('control', 'call', item), { result: own === undefined ? {} : { report: own } }]),
    )

  it('is one, with a line for each item in their order, and the lines of each', async () => {
    const found = await artifacts(
      ['call'],
      items(
        report('call', { message: 'a', lines: [{ level: 'ok', text: 'more of a' }] }),
        undefined,
        report('call', { message: 'c', level: 'skipped' }),
      ),
    )
    const lines = ['a', 'more of a', 'c'].map((text) => ({ level: 'ok', text }))
    expect(found.reports).toEqual([report('call', { message: 'Done for 2 items', lines: lines as StepReport['lines'] })])
  })

  it('is as bad as the worst of them', async () => {
    const level = async (...levels: StepReport['level'][]) =>
      (await artifacts(['call'], items(...levels.map((own) => report('call', { level: own }))))).reports[0]?.level
    expect(await level('ok', 'warning', 'error')).toBe('error')
    expect(await level('warning', 'ok')).toBe('warning')
    expect(await level('ok', 'skipped')).toBe('ok')
    expect(await level('skipped')).toBe('ok')
  })

  it('is missing if no item has a report', async () => {
    expect((await artifacts(['call'], items(undefined))).reports).toEqual([])
  })

  it('has a hundred lines, and says how many more there are', async () => {
    const of = async (count: number) =>
      (await artifacts(['call'], items(...Array.from({ length: count }, () => report('call'))))).reports[0]?.lines
    expect(await of(100)).toHaveLength(100)
    expect((await of(100))?.at(-1)?.text).toBe('call done')
    expect(await of(103)).toHaveLength(101)
    expect((await of(103))?.at(-1)).toEqual({ level: 'ok', text: 'and 3 lines more' })
    expect((await of(101))?.at(-1)?.text).toBe('and 1 line more')
  })
})

describe('the unit that made a dataset', () => {
  const plan = (...inspections: string[]) => ({ ...PLAN, sources: inspections.map((inspection) => ({ inspection })) }) as never
  const scans = [
    { step: 'one', plan: plan('a', 'b') },
    { step: 'two', plan: plan('a', 'c') },
  ]

  it('is named by its key', () => {
    expect(makerOf('runs/r/data/tidy/dataset.json', plan('a', 'c'), scans)).toBe('tidy')
  })

  it('is the scan of the same sources where a survey planned it anew', () => {
    const key = 'runs/r/data/facts/dataset-1.json'
    expect(makerOf(key, plan('a', 'c'), scans)).toBe('two')
    expect(makerOf(key, plan('a'), scans)).toBe('facts')
    expect(makerOf(key, plan('a', 'b', 'c'), scans)).toBe('facts')
    expect(makerOf(key, plan('x', 'y'), scans)).toBe('facts')
  })
})
