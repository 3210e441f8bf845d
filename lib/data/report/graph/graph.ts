/** A pipeline as a graph: its steps, what each waits for, and how far a run came. Plain JSON. */

export interface Graph {
  readonly name: string
  readonly nodes: readonly GraphNode[]
  /** From a step to a step that waits for it. */
  readonly edges: readonly (readonly [from: string, to: string])[]
}

export interface GraphNode {
  readonly id: string
  readonly type: string
  /** The condition as written; null: always. */
  readonly condition: string | null
  /** Whether it runs once for each item of a list. */
  readonly loop: boolean
  /** How it went in a run; absent in the graph of a definition. */
  readonly state?: NodeState
  /** What the step reported. */
  readonly message?: string
  /** Where more is written about it. */
  readonly link?: string
}

export const NODE_STATES = ['done', 'warning', 'failed', 'skipped', 'running', 'waiting'] as const

export type NodeState = (typeof NODE_STATES)[number]

interface Colours {
  readonly fill: string
  readonly stroke: string
}

/** Dark text is readable on each fill. */
export const COLOURS: { readonly [State in NodeState | 'none']: Colours } = {
  none: { fill: '#eef2ff', stroke: '#4f46e5' },
  done: { fill: '#dcfce7', stroke: '#15803d' },
  warning: { fill: '#fef9c3', stroke: '#a16207' },
  failed: { fill: '#fee2e2', stroke: '#b91c1c' },
  skipped: { fill: '#f3f4f6', stroke: '#9ca3af' },
  running: { fill: '#dbeafe', stroke: '#1d4ed8' },
  waiting: { fill: '#ffffff', stroke: '#9ca3af' },
}

/** The second line of a node: its kind, and what makes it special. */
export const kindLine = ({ type, loop, condition }: GraphNode): string =>
  [type, ...(loop ? ['each item'] : []), ...(condition === null ? [] : ['if'])].join(' · ')
