/** Weather of four stations, power of three meters, and the statement of a bank account. */
import { chance, line, two } from './chance.ts'

const STATIONS = [
  ['north', 'N1', 2],
  ['north', 'N2', 0],
  ['south', 'S1', 9],
  ['south', 'S2', 11],
] as const

/** A file of hourly readings for each region; some sensors were off, and one measured the boiler room. */
export function weather(): { readonly [file: string]: string } {
  const random = chance(21)
  const files: { [file: string]: string } = {}
  for (const region of ['north', 'south']) {
    const lines: string[] = []
    for (let hour = 0; hour < 24 * 4; hour++) {
      for (const [place, station, mean] of STATIONS) {
        if (place !== region) continue
        const warm = mean + 4 * Math.sin(((hour % 24) - 9) / 3.8) + random.below(20) / 10
        const shown = random.happens(0.04) ? 'NA' : random.happens(0.01) ? '68.0' : warm.toFixed(1)
        lines.push(
          line([station, place, new Date(Date.UTC(2025, 1, 10, hour)).toISOString().slice(0, 19), shown, String(40 + random.below(55))]),
        )
      }
    }
    files[`${region}.csv`] = `${['station,region,measured_at,temperature,humidity', ...lines].join('\n')}\n`
  }
  return files
}

/** Readings of meters as CSV: the columns of the Parquet file that is made of them. */
export function meters(): string {
  const random = chance(22)
  const lines: string[] = []
  for (let day = 0; day < 181; day++) {
    const date = new Date(Date.UTC(2025, 0, 1 + day)).toISOString().slice(0, 10)
    for (const [meter, usual] of [
      ['bakery', 140],
      ['office', 60],
      ['workshop', 95],
    ] as const) {
      if (random.happens(0.01)) continue
      lines.push(line([meter, date, (usual + random.below(400) / 10).toFixed(1)]))
    }
  }
  return `${['meter,day,kwh', ...lines].join('\n')}\n`
}

/** A bank's export: lines before the header, semicolons, days before months, commas for decimals, and not in UTF-8. */
export function statement(): string {
  const random = chance(23)
  const lines: string[] = []
  for (let at = 0; at < 90; at++) {
    const date = new Date(Date.UTC(2025, 0, 2 + at))
    const shown = `${two(date.getUTCDate())}.${two(date.getUTCMonth() + 1)}.${date.getUTCFullYear()}`
    const income = random.happens(0.15)
    const amount = income ? 900 + random.below(260_000) / 100 : -(4 + random.below(38_000) / 100)
    const written = amount.toLocaleString('de', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
    const who = income ? 'Müller & Söhne' : random.pick(['Café Zürich', 'Bäckerei Groß', 'Stadtwerke', 'Büro-Möbel AG', ''])
    lines.push([shown, who, random.pick(['Überweisung', 'Lastschrift', 'Karte']), written].join(';'))
  }
  return ['Konto;CH00 0000 0000 0000 0000 0', 'Zeitraum;01.01.2025 - 01.04.2025', '', 'Datum;Empfänger;Art;Betrag', ...lines, ''].join(
    '\r\n',
  )
}
