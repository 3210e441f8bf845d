/** Circles in who imports whom. */

/** Groups of two or more that reach each other, sorted. */
export function circlesIn(arrows: readonly (readonly [from: string, to: string])[]): string[][] {
  const reached = new Map<string, string[]>()
  for (const [from, to] of arrows) if (from !== to) reached.set(from, [...(reached.get(from) ?? []), to])
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const open: string[] = []
  const circles: string[][] = []
  const visit = (place: string): number => {
    const number = order.size
    order.set(place, number)
    open.push(place)
    let low = number
    for (const next of reached.get(place) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next))
      else if (open.includes(next)) low = Math.min(low, lowest.get(next) ?? order.get(next) ?? low)
    }
    lowest.set(place, low)
    if (low === number) {
      const circle = open.splice(open.indexOf(place))
      if (circle.length > 1) circles.push(circle.sort())
    }
    return low
  }
  for (const place of reached.keys()) if (!order.has(place)) visit(place)
  return circles
}
