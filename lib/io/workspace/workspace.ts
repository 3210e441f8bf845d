/**
 * The key layout of a run: one file knows every path. A key is a function of (run, step, chunk), so a retried task
 * overwrites its own output and nothing else. The same layout serves the laptop's folder and a bucket.
 */

export const runPrefix = (run: string) => `runs/${run}`

/** What the key of a task's result says. */
interface TaskResultKey {
  readonly step: string
  readonly task: string
  readonly item: number | null
  readonly round: number
}

export function workspace(run: string) {
  const at = (path: string) => `${runPrefix(run)}/${path}`
  const number = (index: number) => String(index).padStart(5, '0')
  return {
    run: at('run.json'),
    /** Whose the run is while it goes on. */
    lock: at('lock.json'),
    /** The definition as it was written, and what was laid over it: what a resume compiles again. */
    definition: at('definition.yaml'),
    overlay: at('overlay.json'),
    machine: at('definition.asl.json'),
    machineHash: at('definition.sha256'),
    plan: at('plan.json'),
    ledger: at('ledger.json'),
    report: (extension: 'md' | 'html' | 'json') => at(`quality-report.${extension}`),
    lineage: at('lineage.openlineage.jsonl'),
    metrics: at('metrics.json'),
    history: at('history.jsonl'),
    /** What happened in the run, event by event, as it happens; kept by runs on this machine. */
    events: at('events.ndjson'),
    /** There when somebody asked the process that works on the run to stop. */
    stop: at('stop.json'),
    log: (step: string, task: string, item: number | undefined) => at(`logs/${step}/${task}-${item ?? 0}.log`),
    violations: at('violations.parquet'),
    duplicates: at('duplicates.csv'),
    changes: at('changes.parquet'),
    quarantine: at('quarantine/quarantine.csv'),
    quarantineOf: (step: string) => at(`data/${step}/quarantine.csv`),
    profile: at('profile.json'),
    manifest: at('manifest.json'),
    /** What the run continues from of what the pipeline remembers, and what the next run is to continue from. */
    pinned: (name: string) => at(`state/${name}.json`),
    remembered: (name: string) => at(`state/${name}.next.json`),

    /** The result of a task, written last: a task that finds its own does nothing again. Calls of a task that asks to be called again are its rounds, from 0. */
    tasks: at('tasks/'),
    task: (task: string, step: string, item: number | null, round = 0) =>
      at(`tasks/${step}/${task}${item === null ? '' : `-${number(item)}`}${round === 0 ? '' : `/round-${number(round)}`}.json`),
    /** What all results of a task of a step begin with: of its items, and of its rounds. */
    resultsOf: (task: string, step: string) => at(`tasks/${step}/${task}`),
    /** Whose result an object below `tasks` is; undefined for other objects. */
    resultAt: (key: string): TaskResultKey | undefined => {
      const [, step, task, item, round] = /\/tasks\/([^/]+)\/([a-z]+)(?:-(\d+))?(?:\/round-(\d+))?\.json$/.exec(key) ?? []
      if (step === undefined || task === undefined) return undefined
      return { step, task, item: item === undefined ? null : Number(item), round: Number(round ?? 0) }
    },

    /** Everything the steps work on, or one of them. */
    data: (step: string | null) => at(step === null ? 'data/' : `data/${step}/`),
    /** The numbers of the items of a map, for maps whose items are read from the store; and where such a map's results go. */
    items: (step: string, what: string) => at(`data/${step}/items-${what}.json`),
    results: (step: string, what: string) => at(`data/${step}/results-${what}`),
    /** Whether a map wrote here what its children failed of. Step Functions names the folder by the map run, and the file by the status. */
    isFailedResults: (key: string) => /\/data\/[^/]+\/results-[^/]+\/[^/]+\/FAILED_\d+\.json$/.test(key),
    sources: (step: string) => at(`data/${step}/sources.json`),
    isSources: (key: string) => /\/data\/[^/]+\/sources\.json$/.test(key),
    inspection: (step: string, source: number) => at(`data/${step}/inspections/${number(source)}.json`),
    staged: (step: string, source: number) => at(`data/${step}/staged/${number(source)}`),
    sample: (step: string, source: number) => at(`data/${step}/sample/${number(source)}`),
    dataset: (step: string, version: number) => at(`data/${step}/dataset${version === 0 ? '' : `-${version}`}.json`),
    partial: (step: string, round: number, batch: number) => at(`data/${step}/survey-${round}/${number(batch)}.json`),
    keys: (step: string, round: number, set: number, batch: number) => at(`data/${step}/survey-${round}/keys-${set}/${number(batch)}`),
    facts: (step: string) => at(`data/${step}/facts.json`),
    repeats: (step: string, set: number, batch: number) => at(`data/${step}/repeats-${set}/${number(batch)}`),
    part: (step: string, batch: number, extension: string) => at(`data/${step}/parts/${number(batch)}.${extension}`),
    /** A file that is published at an address of its own. */
    outputFile: (step: string, number_: number, extension: string) => at(`data/${step}/files/${number(number_)}.${extension}`),
    told: (step: string, batch: number) => at(`data/${step}/told/${number(batch)}.ndjson`),
    /** What became of the rows whose key occurs more than once. */
    fates: (step: string, batch: number) => at(`data/${step}/fates/${number(batch)}`),
    /** Which batches are passed through once more, and by which repeats of each flag about them. */
    settled: (step: string) => at(`data/${step}/settled.json`),
    settledRepeats: (step: string, flag: number, batch: number) => at(`data/${step}/settled-${flag}/${number(batch)}`),
    outcome: (step: string, batch: number) => at(`data/${step}/outcomes/${number(batch)}.json`),
    outputKeys: (step: string, batch: number) => at(`data/${step}/output-keys/${number(batch)}`),
    segment: (step: string) => at(`data/${step}/segment.json`),
    exchange: (step: string) => at(`data/${step}/exchange.json`),
  }
}

export type Workspace = ReturnType<typeof workspace>
