/**
 * The key layout of a run: this file defines every path. A key is a function of (run, step, chunk), so a retried task overwrites only its
 * own output. The laptop's folder and a bucket have the same layout.
 */

export const runPrefix = (run: string) => `runs/${run}`

/** What the key of a task's result says. */
export interface TaskResultKey {
  readonly step: string
  readonly task: string
  readonly item: number | null
  /** The number of the fallback, from 1; 0: the step's own settings. */
  readonly fallback: number
  readonly round: number
}

export function workspace(run: string) {
  const at = (path: string) => `${runPrefix(run)}/${path}`
  /** The parts of a key below `data`: the step first. */
  const dataParts = (key: string) => (key.startsWith(at('data/')) ? key.slice(at('data/').length).split('/') : [])
  const number = (index: number) => String(index).padStart(5, '0')
  return {
    run: at('run.json'),
    /** The process that runs the run. */
    lock: at('lock.json'),
    /** The definition as written, and what overrides it: the input of a resume. */
    definition: at('definition.yaml'),
    overlay: at('overlay.json'),
    /** A file that belongs to the definition, by the hash of its content; and the list of them. */
    asset: (sha256: string) => at(`assets/${sha256}`),
    assets: at('assets.json'),
    /** The bundle of a function that a lambda step calls, by its name; kept by runs on this machine. */
    ownFunction: (name: string) => at(`functions/${name.replace(/[^\w-]+/g, '+')}.mjs`),
    machine: at('definition.asl.json'),
    machineHash: at('definition.sha256'),
    plan: at('plan.json'),
    ledger: at('ledger.json'),
    report: (extension: 'md' | 'html' | 'json') => at(`quality-report.${extension}`),
    lineage: at('lineage.openlineage.jsonl'),
    metrics: at('metrics.json'),
    /** Metrics of a run on this machine as text for Prometheus, and its trace. */
    prometheus: at('metrics.prom'),
    traces: at('traces.otlp.json'),
    history: at('history.jsonl'),
    /** What happened in the run, event by event, as it happens; kept by runs on this machine. */
    events: at('events.ndjson'),
    /** There when somebody asked the process that works on the run to stop. */
    stop: at('stop.json'),
    /** What a person decided about a step that waits for it. */
    approval: (step: string) => at(`approvals/${step}.json`),
    log: (step: string, task: string, item: number | undefined) => at(`logs/${step}/${task}-${item ?? 0}.log`),
    /** Messages that are kept in place of being sent. */
    outbox: at('outbox'),
    violations: at('violations.parquet'),
    duplicates: at('duplicates.csv'),
    changes: at('changes.parquet'),
    quarantine: at('quarantine/quarantine.csv'),
    quarantineOf: (step: string) => at(`data/${step}/quarantine.csv`),
    /** What was found out about each source. */
    catalogue: (step: string) => at(`sources-${step}.json`),
    isCatalogue: (key: string) => key.startsWith(at('sources-')) && key.endsWith('.json'),
    /** What a step found, as a table; and what it leaves for later runs. */
    sideTable: (step: string, name: string) => at(`${name}-${step}.csv`),
    left: (step: string) => at(`data/${step}/left.json`),
    profile: at('profile.json'),
    /** The page of a profile, named after its file. */
    profilePage: (name: string) => at(`profile-of-${name.replace(/[^\w.-]+/g, '-')}.html`),
    manifest: at('manifest.json'),
    /** The pipeline state this run starts from, and the state for the next run. */
    pinned: (name: string) => at(`state/${name}.json`),
    remembered: (name: string) => at(`state/${name}.next.json`),

    /**
     * The result of a task, written last: a task that finds its own result does not run again. A task that asks to be called again has rounds,
     * from 0, and those of each of its fallbacks are apart, so that a resume finds the rounds of all of them.
     */
    tasks: at('tasks/'),
    task: (task: string, step: string, item: number | null, round = 0, fallback = 0) => {
      const own = `tasks/${step}/${task}${item === null ? '' : `-${number(item)}`}`
      const below = [
        ...(fallback === 0 ? [] : [`fallback-${number(fallback)}`]),
        ...(round === 0 && fallback === 0 ? [] : [`round-${number(round)}`]),
      ]
      return at(`${[own, ...below].join('/')}.json`)
    },
    /** The task whose result an object below `tasks` is; undefined for other objects. */
    resultAt: (key: string): TaskResultKey | undefined => {
      const [step, name, ...below] = key.slice(at('tasks/').length, -'.json'.length).split('/')
      if (!key.startsWith(at('tasks/')) || !key.endsWith('.json') || step === undefined || name === undefined) return undefined
      const [task = '', item] = name.split('-')
      const numberOf = (what: string) => Number(below.find((part) => part.startsWith(what))?.slice(what.length) ?? 0)
      return { step, task, item: item === undefined ? null : Number(item), fallback: numberOf('fallback-'), round: numberOf('round-') }
    },

    /** All data of the steps, or of one step. */
    data: (step: string | null) => at(step === null ? 'data/' : `data/${step}/`),
    /** The item numbers of a map that reads its items from the store, and the location of its results. */
    items: (step: string, what: string) => at(`data/${step}/items-${what}.json`),
    results: (step: string, what: string) => at(`data/${step}/results-${what}`),
    /**
     * Whether a map wrote the failures of its children here. Step Functions names the folder by the map run, and the file by the status.
     */
    isFailedResults: (key: string) => {
      const [, results = '', run, file = '', ...rest] = dataParts(key)
      return results.startsWith('results-') && run !== undefined && file.startsWith('FAILED_') && rest.length === 0
    },
    sources: (step: string) => at(`data/${step}/sources.json`),
    /** The sources that were read. */
    read: (step: string) => at(`data/${step}/read.json`),
    /** What was copied to an archive, by a hash of its address there. */
    archived: (step: string, hash: string) => at(`data/${step}/archived/${hash}.json`),
    /** Rows of the definition itself. */
    inline: (step: string) => at(`data/${step}/${step}.ndjson`),
    isSources: (key: string) => dataParts(key).slice(1).join('/') === 'sources.json',
    inspection: (step: string, source: number) => at(`data/${step}/inspections/${number(source)}.json`),
    staged: (step: string, source: number) => at(`data/${step}/staged/${number(source)}`),
    sample: (step: string, source: number) => at(`data/${step}/sample/${number(source)}`),
    dataset: (step: string, version: number) => at(`data/${step}/dataset${version === 0 ? '' : `-${version}`}.json`),
    partial: (step: string, round: number, batch: number) => at(`data/${step}/survey-${round}/${number(batch)}.json`),
    keys: (step: string, round: number, set: number, batch: number) => at(`data/${step}/survey-${round}/keys-${set}/${number(batch)}`),
    facts: (step: string) => at(`data/${step}/facts.json`),
    repeats: (step: string, set: number, batch: number) => at(`data/${step}/repeats-${set}/${number(batch)}`),
    /** All parts of a step, and the copies of sources that it made. */
    rowsOf: (step: string) => [at(`data/${step}/parts/`), at(`data/${step}/staged/`)],
    part: (step: string, batch: number, extension: string) => at(`data/${step}/parts/${number(batch)}.${extension}`),
    /** A file that is published at an address of its own. */
    outputFile: (step: string, number_: number, extension: string) => at(`data/${step}/files/${number(number_)}.${extension}`),
    /** What a report step wrote, for reports that combine it. */
    stepReport: (step: string) => at(`data/${step}/report.json`),
    flagged: (step: string, batch: number) => at(`data/${step}/flagged/${number(batch)}.ndjson`),
    /** What became of the rows whose key occurs more than once. */
    fates: (step: string, batch: number) => at(`data/${step}/fates/${number(batch)}`),
    /** Which batches are processed again, and for which repeats of each flag. */
    settled: (step: string) => at(`data/${step}/settled.json`),
    settledRepeats: (step: string, flag: number, batch: number) => at(`data/${step}/settled-${flag}/${number(batch)}`),
    /** Which rows of a batch became which rows of its part. */
    madeOf: (step: string, batch: number) => at(`data/${step}/made-of/${number(batch)}`),
    outcome: (step: string, batch: number) => at(`data/${step}/outcomes/${number(batch)}.json`),
    outputKeys: (step: string, batch: number) => at(`data/${step}/output-keys/${number(batch)}`),
    segment: (step: string) => at(`data/${step}/segment.json`),
    exchange: (step: string) => at(`data/${step}/exchange.json`),
  }
}

export type Workspace = ReturnType<typeof workspace>
