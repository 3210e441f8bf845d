/** What detect_anomalies finds: planted rows, bursts and drift; and that it says the same whatever the chunks are. */
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { chanceFrom, sampler } from '#steps/detect_anomalies/chance.ts'
import { categoriesIn, driftOf, numbersIn } from '#steps/detect_anomalies/drift.ts'
import { isolationForest } from '#steps/detect_anomalies/isolation-forest.ts'
import { runDefinition, workplace } from '../../kit/run-pipeline.ts'

const place = workplace()
afterAll(() => place.clear())

/** 300 usual rows, and the planted ones at their lines. */
function sales(planted: { readonly [row: number]: string } = {}, shift = 0): string {
  const chance = chanceFrom(5)
  const rows = Array.from({ length: 300 }, (_, at) => {
    const [amount, weight] = [20 + Math.floor(chance() * 20) + shift, 5 + Math.floor(chance() * 5)]
    return (
      planted[at] ??
      `${at},${['north', 'south'][at % 2]},${amount},${weight},c${at % 50},2026-01-${String(1 + (at % 28)).padStart(2, '0')} ${String(at % 24).padStart(2, '0')}:10:00`
    )
  })
  return `id,region,amount,weight,card,at\n${rows.join('\n')}\n`
}

let runs = 0
async function look(settings: string, data: string, store = `store-${++runs}`, chunk_rows = 10_000) {
  const source = place.write(`sales-${++runs}.csv`, data)
  const run = await runDefinition(
    `version: 1\nid: look\nresources: {task_bytes: ${chunk_rows < 10_000 ? 1 : 1e9}}\nsteps:\n  - {id: find, type: discover, with: {source: "${source}", chunk_rows: ${chunk_rows}}}\n  - {id: look, type: detect_anomalies, with: {${settings}}}\n`,
    { store: join(place.folder, store), run: `r-${runs}` },
  )
  if (run.status !== 'SUCCEEDED') throw new Error(run.cause)
  const [header = '', ...lines] = run.text('anomalies-look.csv').trim().split('\n')
  return { run, report: run.report.steps.find(({ id }) => id === 'look')?.report, header, lines }
}

describe('unusual rows', () => {
  it('are planted numbers and rare categories, each with file, line and reason', async () => {
    const data = sales({ 100: '100,north,9999,7,c1,2026-01-05 04:10:00', 200: '200,atlantis,25,7,c2,2026-01-05 04:10:00' })
    const { report, lines, header } = await look('detect: [unusual_patterns]', data)
    expect(header).toBe('_row,_source,_line,method,column,value,score,reason')
    expect(lines).toEqual([
      expect.stringMatching(
        /^101,sales-\d+\.csv,102,robust_z,amount,9999,[\d.]+,amount 9999 is [\d.]+ robust deviations above the median \d+$/,
      ),
      expect.stringMatching(/^201,sales-\d+\.csv,202,rare_categories,region,atlantis,[\d.]+,region 'atlantis' is in 1 row of 300$/),
    ])
    expect(report?.level).toBe('warning')
    expect(report?.message).toBe('2 anomalies in 2 rows')
  })

  it('are none where all rows are alike', async () => {
    const { report, lines } = await look('detect: [unusual_patterns]', sales())
    expect([report?.level, report?.message, lines]).toEqual(['ok', 'Nothing unusual in 300 rows', []])
  })

  it('are found by the forest in a combination of numbers, the same for the same seed and for other chunks', async () => {
    const data = sales({ 150: '150,north,39,60,c1,2026-01-05 04:10:00' })
    const forest = 'detect: [unusual_patterns], method: isolation_forest'
    const one = await look(forest, data)
    expect(one.lines[0]).toMatch(
      /^151,sales-\d+\.csv,152,isolation_forest,weight,60,0\.[6-9]\d*,"isolation score 0\.\d+: weight 60 \(usually about \d\)/,
    )
    const same = await look(forest, data, undefined, 7)
    const withoutSource = (lines: readonly string[]) => lines.map((line) => line.replace(/sales-\d+/, ''))
    expect(withoutSource(same.lines)).toEqual(withoutSource(one.lines))
    const other = await look(`${forest}, seed: 2`, data)
    expect(other.lines[0]).toMatch(/^151,/)
    expect(withoutSource(other.lines)).not.toEqual(withoutSource(one.lines))
  })

  it('are bursts of one card within an hour', async () => {
    const burst = Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [50 + at, `${50 + at},north,25,7,c7,2026-02-01 09:${10 + at}:00`]),
    )
    const { lines } = await look('detect: [fraud]', sales(burst))
    expect(lines).toHaveLength(12)
    expect(lines[0]).toContain('bursts,card,c7,')
    expect(lines[0]).toContain('card c7 has 12 rows within the hour of 2026-02-01 09:00, and usually there are 1')
  })
})

describe('drift', () => {
  it('is compared with the last run that ended well, and names the bins', async () => {
    const first = await look('detect: [drift]', sales(), 'store-drift')
    expect(first.report?.lines.map(({ text }) => text)).toEqual(['drift: no earlier run to compare with; this one is kept for the next'])
    const same = await look('detect: [drift]', sales(), 'store-drift')
    expect(same.report?.message).toBe('Nothing unusual in 300 rows')
    const shifted = await look('detect: [drift]', sales({}, 10), 'store-drift')
    expect(shifted.report?.lines[0]?.text).toMatch(/^amount has drifted: PSI [1-9]\d*\.\d\d \(.+: \d+\.\d % now, \d+\.\d % then/)
    expect(shifted.lines.map((line) => line.split(',')[4])).toEqual(['amount'])
  })

  it('is 0 for equal distributions and the sum of the formula for others', () => {
    const then = numbersIn([1, 2, 3, 4], [2])
    expect(driftOf(then, then).psi).toBe(0)
    const now = numbersIn([1, 3, 3, 3], [2])
    expect(driftOf(now, then).psi).toBeCloseTo((0.25 - 0.5) * Math.log(0.25 / 0.5) + (0.75 - 0.5) * Math.log(0.75 / 0.5), 12)
  })

  it('counts a value that is written like the name of a bin, and the cells of that bin', () => {
    const { shares } = categoriesIn(
      new Map<string | null, number>([
        ['(missing)', 3],
        ['__proto__', 2],
        [null, 1],
      ]),
      6,
    )
    expect(Object.entries(shares)).toEqual([
      ['(missing)', 4 / 6],
      ['__proto__', 2 / 6],
      ['(other values)', 0],
    ])
  })
})

describe('the forest itself', () => {
  it('scores a far point above all others', () => {
    const chance = chanceFrom(3)
    const rows = [...Array.from({ length: 255 }, () => [chance(), chance()]), [5, 5]]
    const forest = isolationForest(rows, { trees: 100, sample: 256, chance })
    const scores = rows.map((row) => forest.score(row))
    expect(scores.indexOf(Math.max(...scores))).toBe(255)
    expect(scores[255]).toBeGreaterThan(0.7)
  })

  it('draws a uniform sample: each item about as often', () => {
    const hits = new Array<number>(20).fill(0)
    for (let seed = 0; seed < 2000; seed++) {
      const drawn = sampler<number>(5, chanceFrom(seed))
      for (let item = 0; item < 20; item++) drawn.add(item)
      for (const item of drawn.items) hits[item] = (hits[item] ?? 0) + 1
    }
    for (const hit of hits) expect(Math.abs(hit - 500)).toBeLessThan(100)
  })
})
