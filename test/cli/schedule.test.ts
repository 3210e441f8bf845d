import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { main } from '#cli/main.ts'
import { inFolder } from './terminals.ts'

const pipeline = (id: string, schedule: string) => `version: 1
id: ${id}
${schedule}
steps:
  - {id: find, type: discover, with: {source: in/*.csv}}
  - {id: publish, type: export, with: {to: out, format: csv}}
`

async function shown(files: Record<string, string>, ...args: readonly string[]) {
  const { folder, terminal } = await inFolder()
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const code = await main(['schedule', 'show', ...Object.keys(files), ...args], terminal)
  return { code, ...terminal.written }
}

describe('siftstep schedule show', () => {
  it('prints the next times with their offsets, and what a change of the clocks does', async () => {
    const sales = pipeline('sales', 'schedule: {cron: "30 2 * * *", timezone: Europe/Zurich}')
    const { code, out } = await shown({ 'sales.yaml': sales }, '--after', '2027-03-26T12:00:00Z', '--count', '3')
    expect(code).toBe(0)
    expect(out).toBe(`sales  cron 30 2 * * * Europe/Zurich  on AWS: cron(30 2 * * ? *)
  Sat 2027-03-27 02:30 +01:00
  Mon 2027-03-29 02:30 +02:00
  Tue 2027-03-30 02:30 +02:00
  clocks change Sun 2027-03-28 02:00 → 03:00: no run at 02:30, which does not exist
  clocks change Sun 2027-10-31 03:00 → 02:00: one run at 02:30, which occurs twice
  clocks change Sun 2028-03-26 02:00 → 03:00: no run at 02:30, which does not exist
`)
  })

  it('prints pipelines of several files, also those without a schedule', async () => {
    const files = {
      'daily.yaml': pipeline('daily', 'schedule: {cron: "0 8 * * *", start_date: 2026-12-01}'),
      'often.yaml': pipeline('often', 'schedule: {every: 30m}'),
      'never.yaml': pipeline('never', 'owner: ana'),
    }
    const { out } = await shown(files, '--count', '2')
    expect(out).toBe(`daily  cron 0 8 * * * UTC  from 2026-12-01  on AWS: cron(0 8 * * ? *)
  Tue 2026-12-01 08:00 UTC
  Wed 2026-12-02 08:00 UTC

often  every 30 min  on AWS: rate(30 minutes)
  counted from the moment that siftstep serve or siftstep deploy first has it

never  no schedule
`)
  })

  it('prints JSON', async () => {
    const often = pipeline('often', 'schedule: {every: 30m, start_date: 2026-11-01}')
    const { out } = await shown({ 'often.yaml': often }, '--json', '--count', '1')
    expect(JSON.parse(out)).toEqual([
      {
        pipeline: 'often',
        schedule: 'every 30 min',
        timezone: 'UTC',
        start_date: '2026-11-01',
        eventbridge: 'rate(30 minutes)',
        next: ['2026-11-21T08:30:00Z'],
        clock_changes: [],
      },
    ])
  })

  it.each([
    [['--count', '0'], 'invalid --count 0'],
    [['--after', '2027-02-30'], 'the calendar has no day 2027-02-30'],
    [['--after', 'tomorrow'], 'invalid --after tomorrow'],
  ])('refuses %j', async (args, what) => {
    const { code, err } = await shown({ 'a.yaml': pipeline('a', 'schedule: "0 8 * * *"') }, ...args)
    expect(code).toBe(2)
    expect(err).toContain(what)
  })

  it('reports a definition that has problems, and another action than show', async () => {
    const { code, err } = await shown({ 'a.yaml': pipeline('a', 'schedule: "0 25 * * *"') })
    expect(code).toBe(2)
    expect(err).toMatch(/^a\.yaml:3:14 .*`25` is not a valid hour/)
    const { terminal } = await inFolder()
    expect(await main(['schedule', 'list', 'a.yaml'], terminal)).toBe(2)
    expect(terminal.written.err).toContain('write siftstep schedule show FILE')
  })
})
