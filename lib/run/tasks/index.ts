/** The list of tasks, each loaded only when it runs. `data` tasks need the native engine, the others do not. */

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

/** The summary of a failed run is computed each time: when the run fails again, more has happened. */
export const isRepeated = ({ task, step }: { readonly task: string; readonly step: string }) => task === 'finalize' && step === 'failure'
