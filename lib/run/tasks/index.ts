/** The one list of tasks, each loaded only when it is run. `data` tasks need the native engine, the others do not. */

type Load = () => Promise<unknown>

export const TASKS: { readonly [name: string]: Load } = {
  prepare: async () => (await import('./prepare.ts')).prepare,
  list: async () => (await import('./list.ts')).list,
  inspect: async () => (await import('./inspect.ts')).inspect,
  plan: async () => (await import('./plan.ts')).plan,
  survey: async () => (await import('./survey.ts')).survey,
  facts: async () => (await import('./facts.ts')).facts,
  assess: async () => (await import('./assess.ts')).assess,
  segment: async () => (await import('./segment.ts')).segment,
  commit: async () => (await import('./commit.ts')).commit,
  exchange: async () => (await import('./exchange.ts')).exchange,
  control: async () => (await import('./control.ts')).control,
  finalize: async () => (await import('./finalize.ts')).finalize,
}

/** Looking back on a run that failed is done whenever it is asked for: when it fails of the same again, more has happened since. */
export const isRepeated = ({ task, step }: { readonly task: string; readonly step: string }) => task === 'finalize' && step === 'failure'
