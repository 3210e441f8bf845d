/** Checks the account number of a payment by its check digits (ISO 13616), and takes the country from it. */
export default {
  name: 'iban',
  with: { column: 'string' },
  columns: { country: 'text' },
  rows(batch, { with: settings, reject, metrics }) {
    return batch.map((row) => {
      const value = row[settings.column]
      if (value === null) return reject(row, 'no account number')
      const iban = String(value).replaceAll(' ', '').toUpperCase()
      if (remainder(iban) !== 1n) return reject(row, `the check digits of ${iban} are wrong`)
      metrics.add('accounts checked')
      return { ...row, [settings.column]: iban, country: iban.slice(0, 2) }
    })
  },
  cases: [
    {
      name: 'a right one, a wrong one, none',
      with: { column: 'iban' },
      rows: [{ iban: 'DE89 3704 0044 0532 0130 00' }, { iban: 'DE89 3704 0044 0532 0130 01' }, { iban: null }],
      expect: [{ iban: 'DE89370400440532013000', country: 'DE' }],
      rejected: { 1: 'check digits', 2: 'no account number' },
    },
  ],
}

/** Letters count as 10 to 35, and the first four characters stand last; the remainder of a right one is 1. Anything else has none. */
function remainder(iban: string): bigint {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return 0n
  const digits = [...`${iban.slice(4)}${iban.slice(0, 4)}`].map((sign) => Number.parseInt(sign, 36)).join('')
  return BigInt(digits) % 97n
}
