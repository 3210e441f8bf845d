-- each order once more: `orders` counts them, and the step compares it with the rows
SELECT segment,
       count(*) AS orders,
       sum(amount) AS amount,
       max(changed_at) AS last_change
FROM rows
GROUP BY segment
