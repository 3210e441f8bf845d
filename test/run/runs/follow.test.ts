/** The journal of a run, and following a run by it: live, resumed, killed, cut off. */
import { appendFileSync, closeSync, openSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { RunRecord } from '#data/report/run-record.ts'
import { folderStore } from '#io/store/folder.ts'
import { writeJson } from '#io/workspace/json-store.ts'
import { workspace } from '#io/workspace/workspace.ts'
import type { RunEvent } from '#run/local/events.ts'
import { openJournal } from '#run/local/journal.ts'
import { localPlace, readRunFacts } from '#run/runs/facts.ts'
import { followRun, readEvents } from '#run/runs/follow.ts'
import { findRun, listRuns } from '#run/runs/list.ts'
import { takeRun } from '#run/runs/lock.ts'
import { onStopRequest, stopRun } from '#run/runs/stop.ts'
import { showText } from '#cli/show/show-text.ts'
import { begun, ends, STARTED, starts } from '../../cli/stories.ts'
import { type Workplace, workplace } from '../../kit/run-pipeline.ts'

const RUN = STARTED.id
const keys = workspace(RUN)
let here: Workplace
let store: ReturnType<typeof folderStore>
let journalPath: string
beforeEach(() => {
  here = workplace()
  store = folderStore(here.folder)
  journalPath = join(here.folder, ...keys.events.split('/'))
  return () => here.clear()
})

const record = (status: 'running' | 'interrupted') => writeJson(store, keys.run, { ...STARTED, status } satisfies RunRecord)
const finished = (exit_code: number): RunEvent => ({
  event: 'run_finished',
  at: STARTED.started_at,
  record: { ...STARTED, status: 'interrupted' },
  summary: null,
  exit_code,
})

/** A lock of a process that has ended. */
function leaveLock() {
  const lock = {
    host: hostname(),
    pid: 2 ** 22 + 7,
    process: null,
    since: '2000-01-01T00:00:00Z',
    token: 'dead',
    over: false,
    about: { workers: [] },
  }
  return store.write(keys.lock, JSON.stringify(lock))
}

describe('a journal', () => {
  it('holds each line as soon as it is added', () => {
    const path = join(here.folder, 'deep/er/journal.ndjson')
    const journal = openJournal(path, false)
    journal.add({ a: 1 })
    expect(readFileSync(path, 'utf8')).toBe('{"a":1}\n')
    journal.add({ b: 'é\n' })
    expect(readFileSync(path, 'utf8')).toBe('{"a":1}\n{"b":"é\\n"}\n')
    expect(journal.close()).toBeUndefined()
  })

  it('continues behind the last whole line, or begins anew', () => {
    const path = here.write('journal.ndjson', '{"a":1}\n{"b":')
    const continued = openJournal(path, true)
    continued.add({ c: 3 })
    continued.close()
    expect(readFileSync(path, 'utf8')).toBe('{"a":1}\n{"c":3}\n')
    const anew = openJournal(path, false)
    anew.add({ d: 4 })
    anew.close()
    expect(readFileSync(path, 'utf8')).toBe('{"d":4}\n')
  })

  it('that is closed writes no line into the file that is opened next', () => {
    const journal = openJournal(join(here.folder, 'journal.ndjson'), false)
    journal.add({ a: 1 })
    journal.close()
    // the system gives the lowest free number: the one of the journal
    const next = openSync(join(here.folder, 'next.json'), 'w')
    journal.add({ b: 2 })
    closeSync(next)
    expect(readFileSync(join(here.folder, 'next.json'), 'utf8')).toBe('')
    expect(readFileSync(join(here.folder, 'journal.ndjson'), 'utf8')).toBe('{"a":1}\n')
  })

  it('that cannot be written keeps its lines until it can', async () => {
    const path = join(here.folder, 'runs/journal.ndjson')
    here.write('runs', 'a file where the folder is to be')
    const journal = openJournal(path, false)
    journal.add({ a: 1 })
    journal.add({ b: 2 })
    await store.remove('runs')
    journal.add({ c: 3 })
    expect(readFileSync(path, 'utf8')).toBe('{"a":1}\n{"b":2}\n{"c":3}\n')
    expect(journal.close()).toBeUndefined()
    here.write('other', 'a file')
    const lost = openJournal(join(here.folder, 'other/journal.ndjson'), false)
    lost.add({ a: 1 })
    expect(lost.close()).toMatchObject({ name: 'Output.Unwritable' })
  })
})

describe('following a run', () => {
  it('gives the events as they come, and ends with the run and its exit code', async () => {
    const taken = await takeRun(store, RUN, new Date())
    await record('running')
    const journal = openJournal(journalPath, true)
    const seen: string[] = []
    const followed = followRun(here.folder, RUN, (event) => {
      seen.push(event.event)
      // each is there before the next is written
      if (event.event === 'run_started') journal.add(starts('find', 1))
      if (event.event === 'step_started') journal.add(ends('find', 'Found', 1))
      if (event.event === 'step_finished') journal.add(finished(3))
    })
    journal.add(begun())
    expect(await followed).toMatchObject({ exit_code: 3, state: 'interrupted' })
    expect(seen).toEqual(['run_started', 'step_started', 'step_finished', 'run_finished'])
    await taken.release()
  })

  it('of a killed run ends as soon as nobody holds it; a line that was cut off is left out', async () => {
    await record('running')
    await leaveLock()
    const journal = openJournal(journalPath, true)
    journal.add(begun())
    journal.add(starts('find', 1))
    appendFileSync(journalPath, '{"event":"step_fini')
    const seen: RunEvent[] = []
    expect(await followRun(here.folder, RUN, (event) => seen.push(event))).toMatchObject({ state: 'killed', exit_code: 130 })
    expect(seen.map(({ event }) => event)).toEqual(['run_started', 'step_started'])
  })

  it('of a run that was resumed gives the session that goes on, and not that of before', async () => {
    const journal = openJournal(journalPath, true)
    for (const event of [begun(), starts('find', 1), finished(130)]) journal.add(event)
    const taken = await takeRun(store, RUN, new Date())
    await record('running')
    const seen: RunEvent[] = []
    const followed = followRun(here.folder, RUN, (event) => {
      seen.push(event)
      if (event.event === 'run_started') journal.add(finished(0))
    })
    journal.add(begun(true))
    expect(await followed).toMatchObject({ exit_code: 0 })
    expect(seen).toEqual([begun(true), finished(0)])
    expect(await readEvents(here.folder, RUN)).toHaveLength(5)
    await taken.release()
  })

  it('stops when asked to, and says so where there is nothing to follow', async () => {
    const taken = await takeRun(store, RUN, new Date())
    await record('running')
    const stop = new AbortController()
    const followed = followRun(here.folder, RUN, () => {}, stop.signal)
    stop.abort()
    expect(await followed).toBeNull()
    await taken.release()
    await record('interrupted')
    await expect(followRun(here.folder, RUN, () => {})).rejects.toMatchObject({ name: 'RunError', facts: { code: 'no-journal', run: RUN } })
    await expect(followRun(here.folder, 'r-other', () => {})).rejects.toMatchObject({ facts: { code: 'run-removed' } })
    openJournal(journalPath, false).add(begun())
    appendFileSync(journalPath, '\0\0\0\n')
    await expect(followRun(here.folder, RUN, () => {})).rejects.toMatchObject({ facts: { code: 'journal-damaged' } })
  })
})

describe('the runs of a store', () => {
  it('are found by id, its beginning, and last; other requests are typed errors', async () => {
    await expect(findRun('last', here.folder)).rejects.toMatchObject({ facts: { code: 'no-runs', store: here.folder } })
    await record('interrupted')
    await writeJson(store, workspace('r-20261121-081402-7f3d').run, { ...STARTED, status: 'interrupted' })
    expect((await findRun('20261121-081402-7f3d', here.folder)).record.id).toBe('r-20261121-081402-7f3d')
    await expect(findRun('r-2026', here.folder)).rejects.toMatchObject({
      name: 'RunError',
      facts: { code: 'ambiguous-run', given: 'r-2026' },
    })
    await expect(findRun('r-1999', here.folder)).rejects.toMatchObject({ facts: { code: 'unknown-run', given: 'r-1999' } })
    expect(await listRuns(here.folder)).toHaveLength(2)
  })

  it('are stopped by a request, which is gone afterwards', async () => {
    const taken = await takeRun(store, RUN, new Date())
    await record('running')
    await store.write(keys.stop, 'an old request')
    const listener = await onStopRequest(store, RUN, undefined)
    expect(await store.read(keys.stop)).toBeUndefined()
    const ended = new Promise<void>((resolve) =>
      listener.signal.addEventListener('abort', async () => {
        await record('interrupted')
        await listener.close()
        await taken.release()
        resolve()
      }),
    )
    const stopped = await stopRun(here.folder, await findRun(RUN, here.folder))
    await ended
    expect(stopped.state).toBe('interrupted')
    expect(await store.read(keys.stop)).toBeUndefined()
    // one that has ended is left alone
    expect((await stopRun(here.folder, stopped)).state).toBe('interrupted')
  })

  it('that have no report show how far they came', async () => {
    await record('running')
    await leaveLock()
    const journal = openJournal(journalPath, true)
    for (const event of [begun(), starts('find', 1), ends('find', 'Found 3 data files', 2), starts('clean', 3)]) journal.add(event)
    const run = await findRun(RUN, here.folder)
    const facts = await readRunFacts(run, await localPlace(RUN, here.folder))
    const shown = (state: 'running' | 'killed') =>
      showText(
        { ...facts, state },
        { command: (name) => `siftstep ${name} ${RUN}`, shown: (path) => path, follow: `siftstep runs --follow ${RUN}` },
      )
    expect(shown('killed')).toContain('Steps\n  ✓ find: Found 3 data files\n  ⟳ clean: started, not finished\n')
    expect(shown('killed')).toContain(`resume  siftstep resume ${RUN}`)
    expect(shown('running')).toContain('⟳ clean: running\n')
    expect(shown('running')).toContain(`follow  siftstep runs --follow ${RUN}`)
    expect(facts.files.map(({ what }) => what)).toEqual(['events'])
  })
})
