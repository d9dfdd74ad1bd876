# Logistic regression of counts and trends. R 4.2.2; sandwich 3.0-2
library(sandwich)
out <- function(d, m, q, v) cat(d, m, q, paste(format(v, digits = 15), collapse = " "), sep = " | ", fill = TRUE)

star <- read.csv("../data/star98.csv"); d <- "statsmodels.datasets.star98"
form <- cbind(NABOVE, NBELOW) ~ LOWINC + PERASIAN + PERBLACK + PERHISP + PTRATIO
m <- "binomial GLM logit (NABOVE,NBELOW)~LOWINC+PERASIAN+PERBLACK+PERHISP+PTRATIO"
f <- glm(form, binomial, star, control = list(epsilon = 1e-14))
out(d, m, "coef", coef(f)); out(d, m, "deviance", deviance(f))
out(d, m, "se_sandwich_HC0", sqrt(diag(sandwich(f))))

nile <- read.csv("../data/nile.csv"); y <- nile$volume; t <- nile$year; n <- length(y)
d <- "statsmodels.datasets.nile"; s <- 0
for (i in 1:(n - 1)) s <- s + sum(sign(y[(i + 1):n] - y[i]))
ties <- table(y); v <- (n * (n - 1) * (2 * n + 5) - sum(ties * (ties - 1) * (2 * ties + 5))) / 18
z <- (s - sign(s)) / sqrt(v); m <- "Mann-Kendall"
out(d, m, "S", s); out(d, m, "VarS(tie-corrected)", v); out(d, m, "z(continuity)", z)
out(d, m, "p", 2 * pnorm(-abs(z)))
sl <- sort(unlist(lapply(1:(n - 1), function(i) (y[(i + 1):n] - y[i]) / (t[(i + 1):n] - t[i]))))
C <- qnorm(.975) * sqrt(v); at <- function(r) approx(seq_along(sl), sl, r)$y; m <- "Theil-Sen"
out(d, m, "slope", median(sl)); out(d, m, "intercept", median(y) - median(sl) * median(t))
out(d, m, "CI95", c(at((length(sl) - C) / 2), at((length(sl) + C) / 2 + 1)))
for (k in 3:8) out("exact distribution", "Mann-Kendall exact", paste0("n=", k),
                   cor.test(1:k, 1:k, method = "kendall", exact = TRUE)$p.value)
