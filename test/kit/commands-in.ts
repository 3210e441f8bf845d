/** The commands that stand in the `sh` blocks of a page, and what they are said to end with. */

export interface Command {
  /** As it stands there. */
  readonly line: string
  /** What the program is given. */
  readonly args: readonly string[]
  /** 0, unless the line ends with `# exit code N`. */
  readonly exitCode: number
}

/** Lines `siftstep …` and `npx siftstep …`; another program's are left out. */
export function commandsIn(page: string): Command[] {
  const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)
  const lines = blocks.flatMap((text) => text.replaceAll('\\\n', ' ').split('\n'))
  return lines.flatMap((written) => {
    const [, line = '', comment = ''] = /^(?:npx )?(siftstep\b[^#]*?)\s*(#.*)?$/.exec(written) ?? []
    if (line === '') return []
    const [, code = '0'] = /exit code (\d+)/.exec(comment) ?? []
    return [{ line, args: words(line).slice(1), exitCode: Number(code) }]
  })
}

/** A line as a shell parts it, for the quotes that pages use. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'))
}
