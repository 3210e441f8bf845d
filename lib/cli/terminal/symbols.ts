/** Symbols and colors of the console, and their plain replacements. */

export type SymbolName = 'done' | 'working' | 'warning' | 'failed' | 'skipped'

export interface Symbols {
  readonly step: { readonly [Name in SymbolName]: string }
  readonly title: string
  readonly rule: string
  readonly succeeded: string
  readonly partial: string
  readonly failed: string
  readonly output: string
  readonly score: string
  readonly issues: string
  readonly rows: string
  readonly balanced: string
  readonly unbalanced: string
  readonly more: string
  readonly spinner: readonly string[]
}

export const SYMBOLS: Symbols = {
  step: { done: '✓', working: '⟳', warning: '⚠', failed: '✗', skipped: '–' },
  title: '📊 ',
  rule: '━',
  succeeded: '✅ ',
  partial: '⚠️ ',
  failed: '❌ ',
  output: '📁 ',
  score: '📊 ',
  issues: '🔧 ',
  rows: '⚖  ',
  balanced: 'balanced ✓',
  unbalanced: 'NOT balanced ✗',
  more: '→ ',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
}

export const ASCII: Symbols = {
  step: { done: '[ok]', working: '[..]', warning: '[!!]', failed: '[xx]', skipped: '[--]' },
  title: '',
  rule: '=',
  succeeded: '[ok] ',
  partial: '[!!] ',
  failed: '[xx] ',
  output: '',
  score: '',
  issues: '',
  rows: '',
  balanced: 'balanced',
  unbalanced: 'NOT balanced',
  more: '> ',
  spinner: ['|', '/', '-', '\\'],
}

export interface Paint {
  green(text: string): string
  yellow(text: string): string
  red(text: string): string
  dim(text: string): string
  bold(text: string): string
}

const plain = (text: string) => text
export const NO_PAINT: Paint = { green: plain, yellow: plain, red: plain, dim: plain, bold: plain }

const code = (on: number, off: number) => (text: string) => (text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`)
export const COLOURS: Paint = { green: code(32, 39), yellow: code(33, 39), red: code(31, 39), dim: code(2, 22), bold: code(1, 22) }

export const PAINT_OF: { readonly [Name in SymbolName]: (paint: Paint) => (text: string) => string } = {
  done: ({ green }) => green,
  working: ({ dim }) => dim,
  warning: ({ yellow }) => yellow,
  failed: ({ red }) => red,
  skipped: ({ dim }) => dim,
}
