import { causeText } from '#core/errors/failure.ts'
import { describe, expect, it, vi } from 'vitest'
import { type ConsoleOptions, openConsole } from '#cli/show/console.ts'
import type { Ending } from '#cli/show/ending.ts'
import type { Terminal } from '#cli/terminal/terminal.ts'
import type { RunEvent } from '#run/local/events.ts'
import { at, begun, CONCLUSION, DEMO, ends, endedRun, failedRun, finish, OUTLINE, progress, retried, STARTED, starts } from './stories.ts'
import { testTerminal } from './terminals.ts'

const PLAIN: ConsoleOptions = { json: false, quiet: false, verbose: false, ascii: false, color: true }

/** What a person sees of a run: its events, then its ending. */
function seen(
  events: readonly RunEvent[],
  options: Partial<ConsoleOptions> = {},
  terminal: Partial<Terminal> = {},
  ending: Partial<Ending> = {},
) {
  const screen = testTerminal(terminal)
  const console = openConsole(OUTLINE, { ...PLAIN, ...options }, screen)
  for (const event of events) console.onEvent(event)
  const last = events.at(-1)
  if (last?.event === 'run_finished') {
    const { record, summary } = last
    console.end({
      record,
      summary,
      published: false,
      report: 'demo/.siftstep/runs/r/quality-report.html',
      next: [],
      command: (name) => `siftstep ${name} ${STARTED.id}`,
      ...ending,
    })
  }
  console.close()
  return screen.written
}

const RULE = '━'.repeat(52)

describe('a run that succeeds', () => {
  it('is printed line by line', () => {
    expect(seen(DEMO, {}, {}, { next: [['next', 'siftstep run demo/pipeline.yaml --input source="your/*.csv"']] })).toEqual({
      err: '',
      out: `📊 Data Processing Workflow                                   (engine: local, offline)
${RULE}
✓ discover_sources: Found 3 data files (14.2 MB total) (0.1s)
✓ validate_schema: All schemas validated successfully (0.0s)
⟳ profile_data: Profiling 3 sources in parallel...
  ✓ sales_2024_q1.csv: 40.0K records, 94% complete
  ✓ sales_2024_q2.csv: 50.0K records, 96% complete
  ⚠ sales_2024_q3.csv: 30.0K records, 87% complete, 42 issues
✓ clean_data: Fixed 156 quality issues (3,912 cells) (0.6s)
✓ enrich_data: Added 8 calculated fields (0.0s, fused)
– custom_validation: skipped ({{ data_type }} == 'customer')
✓ validate_output: All validations passed (0.0s, fused)
✓ export_data: Exported to parquet (0.2s)
– track_lineage: skipped ({{ trace }})
✓ monitor_pipeline: Performance within SLA (0.0s)

✅ Pipeline completed successfully in 1.4s
📁 Output: demo/processed/sales/ (9.8 MB)
📊 Quality Score: 0.98/1.0
🔧 Issues Fixed: 156/198 (79%)
⚖  Rows: 120,000 in = 119,214 out + 431 quarantined + 355 duplicates   balanced ✓
→ report  demo/.siftstep/runs/r/quality-report.html
→ next    siftstep run demo/pipeline.yaml --input source="your/*.csv"
`,
    })
  })

  it('is printed in ASCII on request, without any colour', () => {
    const { out } = seen(DEMO, { ascii: true, color: false }, { isTTY: false })
    expect(out).toMatch(/^[\x20-\x7e\n]*$/)
    expect(out.split('\n').slice(0, 7)).toEqual([
      `Data Processing Workflow${' '.repeat(38)}(engine: local, offline)`,
      '='.repeat(52),
      '[ok] discover_sources: Found 3 data files (14.2 MB total) (0.1s)',
      '[ok] validate_schema: All schemas validated successfully (0.0s)',
      '[..] profile_data: Profiling 3 sources in parallel...',
      '  [ok] sales_2024_q1.csv: 40.0K records, 94% complete',
      '  [ok] sales_2024_q2.csv: 50.0K records, 96% complete',
    ])
    expect(out).toContain(
      '\n[ok] Pipeline completed successfully in 1.4s\nOutput: demo/processed/sales/ (9.8 MB)\nQuality Score: 0.98/1.0\n',
    )
    expect(out).toContain('duplicates   balanced\n> report  demo')
  })

  it('prints only its last lines with --quiet', () => {
    const { out } = seen(DEMO, { quiet: true })
    expect(out.split('\n')[0]).toBe('✅ Pipeline completed successfully in 1.4s')
    expect(out.trimEnd().split('\n')).toHaveLength(6)
  })

  it('prints every beginning and every message with --verbose', () => {
    const { out } = seen(DEMO, { verbose: true })
    expect(out).toContain('⟳ validate_schema: started\n✓ validate_schema')
    expect(out).toContain('42 issues\n⚠ profile_data: Profiled 3 sources: 120.0K records, 12 columns, 198 issues (0.3s)\n')
  })

  it('is one JSON event a line for programs, and nothing else', () => {
    const { out, err } = seen(DEMO, { json: true }, { isTTY: true })
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as RunEvent),
    ).toEqual(DEMO)
    expect(err).toBe('')
  })

  it('names every output, in the order of the steps', () => {
    const output = { to: 'out/last', manifest: null, files: 1, format: 'csv', rows: 1, bytes: 1000 }
    const before = { to: 'out/first', manifest: 'out/first/_manifest.json', files: 2, format: 'csv', rows: 5, bytes: 2000 }
    const { out } = seen([begun(), finish(endedRun({ output: { ...output, others: [before] } }))], { quiet: true })
    expect(out).toContain('📁 Output: out/first/ (2.0 KB)\n📁 Output: out/last/ (1.0 KB)\n')
  })

  it.each([
    ['out/{source.file}', 'out/'],
    ['s3://bucket/out/{source.name}.csv', 's3://bucket/out/'],
    ['{source.file}', './'],
    ['out/one.csv', 'out/one.csv'],
  ])('names where the files of %s are', (to, shown) => {
    const { out } = seen([begun(), finish(endedRun({ output: { to, manifest: null, files: 2, format: 'csv', rows: 1, bytes: 1000 } }))], {
      quiet: true,
    })
    expect(out).toContain(`📁 Output: ${shown} (1.0 KB)\n`)
  })

  it('says a score is 1.00 only when it is, and what was not measured or found', () => {
    const reported = (score: number | null, issues = CONCLUSION.issues) =>
      seen([begun(), finish(endedRun({ score, output: null }), { ...CONCLUSION, score, issues })], { quiet: true }).out
    expect(reported(0.9999)).toContain('Quality Score: 0.99/1.0')
    expect(reported(1)).toContain('Quality Score: 1.00/1.0')
    expect(reported(null, { found: 0, fixed: 0 })).toContain(
      '📁 Output: none\n📊 Quality Score: not measured\n🔧 Issues Fixed: none found\n',
    )
    expect(reported(1, { found: 1000, fixed: 999 })).toContain('999/1000 (>99%)')
  })

  it('says when the rows do not add up', () => {
    const rows = { ...CONCLUSION.rows, out: 1 }
    expect(seen([begun(), finish(endedRun({ rows }), { ...CONCLUSION, rows, balanced: false })], { quiet: true }).out).toContain(
      'NOT balanced ✗',
    )
  })

  it('keeps the message of a step that said something else to begin', () => {
    const events = [
      begun(),
      starts('discover_sources', 0, 'Reading 3 sources in parallel...'),
      ends('discover_sources', 'Found 3 data files', 1, {
        level: 'warning',
        lines: [{ level: 'warning', text: '16 records cannot be read' }],
      }),
    ]
    expect(seen(events).out.split('\n').slice(2, 5)).toEqual([
      '⟳ discover_sources: Reading 3 sources in parallel...',
      '⚠ discover_sources: Found 3 data files (1.0s)',
      '  ⚠ 16 records cannot be read',
    ])
  })

  it('says once what is done in parallel, however often it is begun', () => {
    const again = starts('profile_data', 0, 'Profiling 3 sources in parallel...')
    expect(seen([begun(), again, again]).out.match(/⟳/g)).toHaveLength(1)
  })
})

describe('a run that fails', () => {
  const events = [
    begun(),
    starts('discover_sources', 0),
    ends('discover_sources', 'Found 3 data files', 0.1),
    starts('clean_data', 0.1),
    retried('clean_data', 2, 4),
    retried('clean_data', 3, 4),
    finish(
      failedRun(
        'Runtime.ExitError',
        causeText({
          step: 'clean_data',
          code: 'Runtime.ExitError',
          message: 'the process was killed',
          hint: 'give it more memory\nor less to do',
        }),
      ),
      null,
      2.1,
    ),
  ]

  it('says where, after how many attempts, why, how to fix it, and what next; the end on the standard error', () => {
    const { out, err } = seen(events)
    expect(out.split('\n').slice(3)).toEqual([
      '– validate_schema: skipped',
      '– profile_data: skipped',
      '⚠ clean_data: segment 5 failed (Runtime.ExitError: the process running segment was killed (SIGKILL)); starting attempt 2',
      '⚠ clean_data: segment 5 failed (Runtime.ExitError: the process running segment was killed (SIGKILL)); starting attempt 3',
      '✗ clean_data: failed',
      '',
    ])
    expect(err).toBe(`
❌ Pipeline failed after 3 attempts in 2.1s: clean_data: the process was killed
   hint: give it more memory
         or less to do
   Nothing was published.
→ report  demo/.siftstep/runs/r/quality-report.html
→ show    siftstep show r-20261121-081402-7f3c
→ resume  siftstep resume r-20261121-081402-7f3c   (finished work is kept)
`)
  })

  it('names the step of the pass whose expectation was not met, and says that something must be fixed first', () => {
    const { out, err } = seen(
      [
        begun(),
        starts('clean_data', 0),
        finish(
          failedRun(
            'Quality.GateFailed',
            causeText({ step: 'validate_output', code: 'Quality.GateFailed', message: 'quality_score 0.91, expected at least 0.95' }),
          ),
          null,
        ),
      ],
      {},
      {},
      { report: null },
    )
    expect(out).toContain('✗ validate_output: failed\n')
    expect(err).toBe(`
❌ Pipeline failed in 1.4s: validate_output: quality_score 0.91, expected at least 0.95
   Nothing was published.
→ show    siftstep show r-20261121-081402-7f3c
→ next    fix this, then siftstep run demo/pipeline.yaml
`)
  })

  it('prints on the standard error what people want to know when programs read the output', () => {
    const { out, err } = seen(events, { json: true })
    expect(out.trimEnd().split('\n')).toHaveLength(events.length)
    expect(err).toContain('❌ Pipeline failed after 3 attempts')
  })

  it('names no step when several were at work and the cause names none', () => {
    const outline = { ...OUTLINE, stages: [[...(OUTLINE.stages[1] ?? []), ...(OUTLINE.stages[2] ?? [])]] }
    const screen = testTerminal()
    const console = openConsole(outline, PLAIN, screen)
    const record = failedRun('Output.NoSpace', 'writing: no room')
    for (const event of [begun(), starts('validate_schema', 0), starts('profile_data', 0), finish(record, null)]) console.onEvent(event)
    console.end({ record, summary: null, published: false, report: null, next: [], command: (name) => name })
    expect(screen.written.err).toContain('❌ Pipeline failed in 1.4s: writing: no room\n')
  })

  it('shows nothing of a cause that would move the cursor', () => {
    expect(seen([begun(), finish(failedRun('Data.Unreadable', 'a\u001b[2Jb.csv: bad'), null)]).err).toContain('a\\u{1b}[2Jb.csv: bad')
  })
})

it('a run that is complete in part says so, and which steps it went on without', () => {
  const events = [
    begun(),
    starts('discover_sources', 0),
    ends('discover_sources', 'Found 3', 0.1),
    starts('clean_data', 0.1),
    starts('monitor_pipeline', 1),
    ends('monitor_pipeline', 'Ran', 0),
    finish(endedRun({ status: 'partial' }), { ...CONCLUSION, status: 'partial' }),
  ]
  const { out, err } = seen(events)
  expect(out).toContain(`– profile_data: skipped
✗ clean_data: failed; continuing without it
✗ enrich_data: failed; continuing without it
`)
  expect(out).toContain('⚠️ Pipeline completed in part in 1.4s\n📁 Output: demo/processed/sales/ (9.8 MB)\n')
  expect(err).toBe('')
})

it('a run that was resumed says so and shows its own time, not that of the pause', () => {
  const { out } = seen([begun(true), finish(endedRun({ seconds: 90_000 }), CONCLUSION, 3)])
  expect(out.split('\n')[0]).toContain('(engine: local, offline; r-20261121-081402-7f3c resumed)')
  expect(out).toContain('successfully in 3.0s')
})

describe('a run that is interrupted', () => {
  const events = [begun(), starts('clean_data', 0), finish({ ...STARTED, status: 'interrupted' }, null)]
  it('says that nothing was published and how to finish it', () => {
    expect(seen(events)).toEqual({
      out: expect.not.stringContaining('✗'),
      err: `\nInterrupted; nothing was published. Finish it: siftstep resume ${STARTED.id}\n`,
    })
  })
  it('says so when the output had appeared already', () => {
    expect(seen(events, {}, {}, { published: true }).err).toContain('Interrupted; the output is published completely. Finish it:')
  })
})

describe('on a terminal', () => {
  const ESCAPE = '\u001b['

  it('one line below the others says what is going on, at most ten times a second, and the cursor comes back', () => {
    vi.useFakeTimers({ now: Date.parse(at(0)) })
    try {
      const screen = testTerminal({ isTTY: true, errIsTTY: true, now: () => new Date(), columns: () => 40 })
      const console = openConsole(OUTLINE, PLAIN, screen)
      const fresh = () => {
        const text = screen.written.out
        screen.written.out = ''
        return text
      }
      expect(fresh()).toBe(`${ESCAPE}?25l`)
      for (const event of [begun(), starts('profile_data', 0), progress('profile_data', 1, 3)]) console.onEvent(event)
      fresh()
      vi.advanceTimersByTime(99)
      expect(fresh()).toBe('')
      vi.advanceTimersByTime(1)
      expect(fresh()).toBe('⠋ profile_data 1/3 (0.1s)')
      for (let done = 0; done < 500; done++) console.onEvent(progress('profile_data', done, 500))
      expect(fresh()).toBe('')
      vi.advanceTimersByTime(200)
      expect(fresh()).toBe(`\r${ESCAPE}2K⠙ profile_data 499/500 (0.2s)\r${ESCAPE}2K⠹ profile_data 499/500 (0.3s)`)
      console.onEvent(ends('profile_data', 'Profiled', 0.3))
      expect(fresh()).toBe(`\r${ESCAPE}2K${ESCAPE}32m✓${ESCAPE}39m profile_data: Profiled ${ESCAPE}2m(0.3s)${ESCAPE}22m\n`)
      for (const name of ['clean_data', 'validate_schema', 'discover_sources']) console.onEvent(starts(name, 0))
      fresh()
      vi.advanceTimersByTime(100)
      expect([...fresh()]).toHaveLength(39)
      console.close()
      expect(fresh()).toBe(`\r${ESCAPE}2K${ESCAPE}?25h`)
      vi.advanceTimersByTime(1000)
      console.close()
      expect(fresh()).toBe('')
    } finally {
      vi.useRealTimers()
    }
  })

  it.each([
    ['the output is piped', {}, { isTTY: false }],
    ['no colours are wanted and it is quiet', { color: false, quiet: true }, { isTTY: true }],
    ['programs read it', { json: true }, { isTTY: true }],
  ] as const)('there are no escape codes when %s', (_, options, terminal) => {
    const { out, err } = seen(DEMO, options, terminal)
    expect(out + err).not.toContain('\u001b')
  })

  it('a dumb one gets plain lines', () => {
    expect(seen(DEMO, { color: false }, { isTTY: true, env: { TERM: 'dumb' } }).out).not.toContain('\u001b')
  })
})
